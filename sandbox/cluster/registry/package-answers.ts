import { basename } from 'node:path';
import { type ClusterParts, contentFolder } from '../parts.ts';
import type { SimNode, SimRegistry } from '../world.ts';
import { type Answer, errorPage, fileAnswer, textAnswer } from './answer.ts';
import { listIfThere, readIfThere } from './image-answers.ts';

const NOT_FOUND = errorPage(404, 'Not Found');

/** Answers `/` and below: an index of the MetalK8s versions, and their package trees. */
export async function packageAnswer(
  parts: ClusterParts,
  node: SimNode,
  pod: SimRegistry,
  path: string,
): Promise<Answer> {
  const versions = pod.carries.filter((one) => one.startsWith('metalk8s-')).toSorted();
  if (path === '/')
    return index(
      '/',
      versions.map((one) => `${one}/`),
    );
  const [, id = '', below = ''] = /^\/([^/]+)(\/.*)?$/.exec(path) ?? [];
  if (!versions.includes(id)) return NOT_FOUND;
  const place = `${contentFolder(parts, id)}/packages${below}`;
  const names = await listIfThere(parts, node, place);
  if (names !== null) return path.endsWith('/') ? index(path, names) : movedTo(`${path}/`);
  const file = path.endsWith('/') ? null : await readIfThere(parts, node, place);
  return file === null ? NOT_FOUND : fileAnswer(file.body, file.modified, typeOf(path));
}

/** nginx's redirect to the path with a trailing slash. */
export function movedTo(location: string): Answer {
  return errorPage(301, 'Moved Permanently', { location });
}

function index(path: string, names: readonly string[]): Answer {
  const rows = names.map((one) => `<a href="${encodeURI(one)}">${one}</a>`);
  const head = `<html>\r\n<head><title>Index of ${path}</title></head>\r\n<body>\r\n<h1>Index of ${path}</h1><hr><pre>`;
  const page = `${head}${['<a href="../">../</a>', ...rows].join('\r\n')}\r\n</pre><hr></body>\r\n</html>\r\n`;
  return textAnswer(200, 'text/html', page);
}

function typeOf(path: string): string {
  return basename(path).endsWith('.xml') ? 'text/xml' : 'application/octet-stream';
}
