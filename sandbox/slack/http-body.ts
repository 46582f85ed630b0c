import type { IncomingMessage, ServerResponse } from 'node:http';
import { jsonIn } from '../../src/domain/text/json.ts';
import { type Fields, isFields } from './json.ts';

/** Bolt's own limit. */
const BODY_LIMIT = 4 * 1024 * 1024;

/** A request body, as a form or as JSON. */
export type Body =
  | { readonly is: 'fields'; readonly fields: Fields }
  | { readonly is: 'unreadable'; readonly error: 'invalid_json' | 'json_not_object' | 'invalid_post_type' };

/** Reads the whole body; throws if it is too large. */
export async function readBody(request: IncomingMessage): Promise<string> {
  return (await readBytes(request)).toString('utf8');
}

/** The same, as bytes. */
export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > BODY_LIMIT) throw new Error(`Request body over ${BODY_LIMIT} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** Reads a form or a JSON object. */
export function bodyFields(contentType: string | undefined, text: string): Body {
  const type = contentType?.split(';')[0]?.trim();
  if (type === 'application/json') {
    const value = jsonIn(text);
    if (value === undefined) return { is: 'unreadable', error: 'invalid_json' };
    return isFields(value) ? { is: 'fields', fields: value } : { is: 'unreadable', error: 'json_not_object' };
  }
  const isForm = type === 'application/x-www-form-urlencoded' || (type === undefined && text === '');
  if (!isForm) return { is: 'unreadable', error: 'invalid_post_type' };
  return { is: 'fields', fields: Object.fromEntries(new URLSearchParams(text)) };
}

/** Answers with JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}
