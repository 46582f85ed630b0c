import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBytes } from '../http-body.ts';
import type { Site } from '../site/site.ts';
import { UPLOAD, uploadFault } from './call.ts';
import { record, send } from './serve-api.ts';

/**
 * Receives the content of an announced file, raw or as the one file of a form. Slack answers 200 when it has the bytes
 * (files.getUploadURLExternal, "Usage info"). Any other length than announced is refused here.
 */
export async function serveUpload(
  request: IncomingMessage,
  response: ServerResponse,
  id: string,
  site: Site,
): Promise<void> {
  const content = await contentIn(await readBytes(request), request.headers['content-type']);
  const fault = uploadFault(site);
  if (fault !== undefined) {
    record(UPLOAD, fault, site);
    return await send(response, fault, {});
  }
  const isReceived = request.method === 'POST' && content !== null && site.files.receive(id, content);
  const error = isReceived ? {} : { error: 'wrong_upload' };
  record(UPLOAD, { is: 'answered', answer: { ok: isReceived, ...error } }, site);
  response.writeHead(isReceived ? 200 : 400, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(isReceived ? `OK - ${content.length}` : 'Unknown or used address, or not the announced length.');
}

/** Null for a form without exactly one file. */
async function contentIn(bytes: Buffer, type = ''): Promise<Buffer | null> {
  if (!type.startsWith('multipart/form-data')) return bytes;
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData();
  const [file, ...others] = [...form.values()];
  return file instanceof File && others.length === 0 ? Buffer.from(await file.arrayBuffer()) : null;
}
