import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import { extname, join } from 'node:path';

const PAGE_FOLDER = join(import.meta.dirname, '..', 'page');

/** Served file types by extension; anything else is not found. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.ts': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** A file of the page or of one folder in it. Names cannot begin with a dot, so no path leads out of the page. */
const FILE_NAME = /^(?:[a-z0-9][a-z0-9-]*\/)?[a-z0-9][a-z0-9-]*\.[a-z]+$/;

/** Serves one file of the page; TypeScript is served with its types stripped. */
export async function servePageFile(response: ServerResponse, name: string): Promise<void> {
  const type = TYPES[extname(name)];
  const source = FILE_NAME.test(name) && type !== undefined ? await sourceOf(name) : undefined;
  if (source === undefined || type === undefined) {
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' });
    response.end('File not found.');
    return;
  }
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  response.end(name.endsWith('.ts') ? stripTypeScriptTypes(source) : source);
}

async function sourceOf(name: string): Promise<string | undefined> {
  try {
    return await readFile(join(PAGE_FOLDER, name), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
