import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyFields, readBody, sendJson } from './http-body.ts';
import { isPagePath, servePage } from './page-api/page-api.ts';
import type { Persons } from './people/persons.ts';
import type { ResponseUrls } from './people/response-urls.ts';
import type { Site } from './site/site.ts';
import { UPLOAD_PATH } from './web-api/files.ts';
import { serveApi } from './web-api/serve-api.ts';
import { serveUpload } from './web-api/serve-upload.ts';

/** The handlers behind the server's paths. */
export interface Rooms {
  readonly site: Site;
  readonly persons: Persons;
  readonly urls: ResponseUrls;
}

/** Routes each request to the Web API, an upload address, a response_url or the page. */
export async function serve(request: IncomingMessage, response: ServerResponse, rooms: Rooms): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  if (path.startsWith('/api/')) return await serveApi(request, response, path.slice('/api/'.length), rooms.site);
  if (path.startsWith(UPLOAD_PATH))
    return await serveUpload(request, response, path.slice(UPLOAD_PATH.length), rooms.site);
  if (/^\/(?:commands|actions)\//.test(path)) return await serveReply(request, response, path, rooms.urls);
  if (isPagePath(path)) return await servePage(request, response, path, rooms.site, rooms.persons);
  sendJson(response, 404, { error: `Not found: ${path}` });
}

async function serveReply(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  urls: ResponseUrls,
): Promise<void> {
  const body = bodyFields(request.headers['content-type'], await readBody(request));
  const { status, error } = urls.post(path, body.is === 'fields' ? body.fields : undefined);
  if (error !== undefined) return sendJson(response, status, { ok: false, error });
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end('ok');
}
