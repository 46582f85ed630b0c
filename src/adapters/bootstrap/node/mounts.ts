import { readFile } from 'node:fs/promises';
import { codeOf } from '../../../domain/text/error-code.ts';
import { fileFailed } from './file-failed.ts';
import { below, systemWords, withoutLinks } from './paths.ts';

const ARCHIVES = '/srv/scality';

/** An ISO mounted below /srv/scality. */
export interface IsoMount {
  readonly id: string;
  /** The file behind the loop device; null for another device. */
  readonly backing: string | null;
  /** The file was removed or replaced; the mount still shows the old content. */
  readonly deleted: boolean;
}

/** The ISOs mounted below /srv/scality; of several on one mount point only the last, which hides the others. */
export async function isoMounts(root: string): Promise<readonly IsoMount[]> {
  // The kernel resolves links: /srv or /srv/scality may be one.
  const folder = await withoutLinks(root, ARCHIVES);
  const table = await textOf(below(root, '/proc/self/mountinfo'));
  if (table === null) throw fileFailed('/proc/self/mountinfo', 'there is no such file');
  const found = new Map<string, IsoMount>();
  for (const { id, source } of isoLines(table, folder)) found.set(id, { id, ...(await backingOf(root, source)) });
  return [...found.values()];
}

/** proc_pid_mountinfo(5): the mount point is the fifth field; optional fields follow up to ` - `, then type and source. */
export function isoLines(
  table: string,
  folder = ARCHIVES,
): readonly { readonly id: string; readonly source: string }[] {
  return table.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [type, source = ''] = after.split(' ');
    const at = unescaped(before.split(' ')[4] ?? '');
    const id = at.slice(folder.length + 1);
    const isIn = at === `${folder}/${id}` && /^[^/]+$/.test(id);
    return type === 'iso9660' && isIn ? [{ id, source }] : [];
  });
}

/** Decodes the octal escapes of blanks and backslashes. */
const unescaped = (field: string) =>
  field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

async function backingOf(root: string, source: string): Promise<Pick<IsoMount, 'backing' | 'deleted'>> {
  const loop = source.match(/^\/dev\/(loop\d+)$/)?.[1];
  const text = loop === undefined ? null : await textOf(below(root, `/sys/block/${loop}/loop/backing_file`));
  if (text === null) return { backing: null, deleted: false };
  const path = text.replace(/\n$/, '');
  const deleted = path.endsWith(' (deleted)');
  return { backing: deleted ? path.slice(0, -' (deleted)'.length) : path, deleted };
}

/** null when the file is missing: a loop device may disappear between two reads. */
async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null;
    throw fileFailed(path, systemWords(cause), { cause });
  }
}
