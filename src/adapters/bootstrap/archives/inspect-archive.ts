import { stat } from 'node:fs/promises';
import { isFailure } from '../../../domain/answers/failure.ts';
import type { Archive, ArchiveFault } from '../../../domain/cluster/archive.ts';
import type { ListedArchive } from '../../../domain/cluster/facts.ts';
import { codeOf } from '../../../domain/text/error-code.ts';
import type { IsoMount } from '../node/mounts.ts';
import { NotAFile, type OpenFile, sameStill, withFile } from '../node/open-file.ts';
import { below, systemWords, withoutLinks } from '../node/paths.ts';
import type { Digests } from './digests.ts';
import { imagesOf } from './images.ts';
import { type Iso, isoOf } from './iso.ts';
import { metalk8sOf, type Product, solutionOf } from './product.ts';

/** A path as a configuration file lists it. */
export interface Listed {
  readonly path: string;
  readonly listedIn: string;
  readonly kind: Archive['kind'];
}

/** An inspected archive, with what is known about it even when it is bad. */
export interface InspectedArchive {
  readonly listed: ListedArchive;
  readonly id?: string;
  /** The path without symbolic links. */
  readonly real?: string;
  readonly identity?: string;
}

export interface InspectionTools {
  readonly root: string;
  readonly mounts: readonly IsoMount[];
  readonly digests: Digests;
  readonly signal: AbortSignal;
}

/** A fault of an archive; ends its inspection. */
class Bad extends Error {
  readonly fault: ArchiveFault;
  readonly found: Omit<InspectedArchive, 'listed'>;

  constructor(fault: ArchiveFault, says: string, found: Omit<InspectedArchive, 'listed'> = {}) {
    super(says);
    this.fault = fault;
    this.found = found;
  }
}

/** Inspects a listed archive: path, file, ISO, product, mount, digest, images, in this order up to the first fault. */
export async function inspectArchive(one: Listed, tools: InspectionTools): Promise<InspectedArchive> {
  tools.signal.throwIfAborted();
  try {
    return await sound(one, tools);
  } catch (error) {
    tools.signal.throwIfAborted();
    const { path, listedIn } = one;
    const { fault, message, found } = faultIn(error, one);
    const known = found.id === undefined ? {} : { id: found.id };
    return { ...found, listed: { is: 'bad', path, listedIn, fault, says: message, ...known } };
  }
}

async function sound(one: Listed, tools: InspectionTools): Promise<InspectedArchive> {
  const { path, kind } = one;
  if (!isCopyable(path)) throw new Bad('relative-path', wrongPath(path));
  const real = await withoutLinks(tools.root, path);
  return await withFile(below(tools.root, real), async (file) => {
    const { id, version } = await productOf(one, file);
    const found = { id, real, identity: file.identity };
    const problem = await mountProblem(found, path, file, tools);
    if (problem !== null) throw new Bad(problem.fault, problem.says, found);
    const sha256 = await tools.digests.whole(file, tools.signal);
    const images = await imagesOf(tools.root, id, tools.signal);
    await sameStill(file);
    return { ...found, listed: { is: 'sound', archive: { kind, id, version, path, size: file.size, sha256, images } } };
  });
}

/** A path usable on every node: absolute, without `..`, and without characters that break fstab. */
const isCopyable = (path: string) =>
  path.startsWith('/') && !path.split('/').includes('..') && !/\p{Cc}/u.test(path) && !path.endsWith('/');

const wrongPath = (path: string) =>
  `${JSON.stringify(path)} must be an absolute path of a file without \`..\`, so that every node can use it.`;

async function productOf({ path, kind }: Listed, file: OpenFile): Promise<Product> {
  const iso = await isoOf(file);
  if (iso === null) throw new Bad('not-an-iso', `${path} is not an ISO 9660 image.`);
  if (file.size < iso.bytes) throw new Bad('truncated', cut(path, file, iso));
  const product = await (kind === 'metalk8s' ? metalk8sOf(iso, path) : solutionOf(iso, path));
  if ('says' in product) throw new Bad('wrong-product', product.says);
  return product;
}

const cut = (path: string, file: OpenFile, iso: Iso) =>
  `${path} is truncated: it has ${file.size} of ${iso.bytes} bytes. Copy or download it again.`;

async function mountProblem(
  { id, real }: { readonly id: string; readonly real: string },
  path: string,
  file: OpenFile,
  { root, mounts }: InspectionTools,
): Promise<{ readonly fault: ArchiveFault; readonly says: string } | null> {
  const mount = mounts.find((one) => one.id === id);
  const at = `/srv/scality/${id}`;
  if (mount === undefined)
    return { fault: 'not-mounted', says: `${path} is not mounted at ${at} on the bootstrap node.` };
  const fault = 'replaced-under-mount';
  if (mount.deleted)
    return { fault, says: `${path} was replaced while mounted at ${at}: the registry still serves the old file.` };
  if (mount.backing === real || (await isSameFile(below(root, mount.backing ?? '/'), file))) return null;
  return { fault, says: `${mount.backing ?? 'A device without a file'} is mounted at ${at}, not ${path}.` };
}

/** Whether the path is the same file, for example by a hard link. */
async function isSameFile(path: string, { handle }: OpenFile): Promise<boolean> {
  const there = await stat(path, { bigint: true }).catch(() => null);
  const here = await handle.stat({ bigint: true });
  return there !== null && there.dev === here.dev && there.ino === here.ino;
}

function faultIn(error: unknown, { path, listedIn }: Listed): Pick<Bad, 'fault' | 'message' | 'found'> {
  if (error instanceof Bad) return error;
  if (error instanceof NotAFile) {
    return error.isDirectory
      ? new Bad('directory', `${path} is a directory. Only ISO files can be copied.`)
      : new Bad('unreadable', `${path} is not a regular file.`);
  }
  if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(codeOf(error))) {
    return new Bad('missing', `${path}, listed in ${listedIn}, cannot be found: ${systemWords(error)}.`);
  }
  if (isFailure(error, 'bootstrap-file')) return new Bad('unreadable', error.what);
  if (codeOf(error) === '') throw error;
  return new Bad('unreadable', `${path} cannot be read: ${systemWords(error)}.`);
}
