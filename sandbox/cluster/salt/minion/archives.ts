import type { NodeActs, SimNode, World } from '../../world.ts';
import type { JsonObject } from '../json.ts';
import { CommandExecutionError } from './fun-result.ts';

/** A MetalK8s archive as `metalk8s.get_archives` returns it; `iso` is null for a directory archive. */
export interface ArchiveInfo {
  readonly env: string;
  readonly version: string;
  readonly iso: string | null;
  readonly path: string;
}

/** Resolves each listed path on the executing node: the file must exist there, not only on the bootstrap. */
export async function getArchives(
  world: World,
  acts: NodeActs,
  node: SimNode,
  paths: readonly string[],
): Promise<readonly ArchiveInfo[]> {
  const archives: ArchiveInfo[] = [];
  const sources = new Map<string, string>();
  for (const path of paths) {
    const archive = await infoOf(world, acts, node, path);
    const source = `- ${path} (${archive.iso === null ? 'directory' : 'ISO'})`;
    const twin = sources.get(archive.version);
    if (twin !== undefined) {
      throw new CommandExecutionError(`Two archives have the same version "${archive.version}":\n${twin}\n${source}`);
    }
    sources.set(archive.version, source);
    archives.push(archive);
  }
  return archives;
}

async function infoOf(world: World, acts: NodeActs, node: SimNode, path: string): Promise<ArchiveInfo> {
  const gone = node === world.bootstrap && world.faults.isOn('archive-missing', path);
  const kind = gone ? null : await acts.exists(node, path);
  if (kind === null) throw new CommandExecutionError(`Invalid archive path ${path}, should be an iso or a directory.`);
  const product = kind === 'file' ? await isoProduct(acts, node, path) : await directoryProduct(acts, node, path);
  const version = versionIn(path, product);
  const env = `metalk8s-${version}`;
  return kind === 'file' ? { env, version, iso: path, path: `/srv/scality/${env}` } : { env, version, iso: null, path };
}

async function isoProduct(acts: NodeActs, node: SimNode, path: string): Promise<string> {
  try {
    return await acts.readFromIso(node, path, 'PRODUCT.TXT');
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    const log = `[ERROR   ] Command 'isoinfo' failed with return code: 255\n[ERROR   ] stderr: ${says}\n[ERROR   ] retcode: 255\n`;
    throw new CommandExecutionError(`Failed to run isoinfo: ${says}`, log);
  }
}

async function directoryProduct(acts: NodeActs, node: SimNode, path: string): Promise<string> {
  const file = `${path}/product.txt`;
  if ((await acts.exists(node, file)) !== 'file') throw new CommandExecutionError(`Path ${path} has no "product.txt"`);
  return await acts.readFile(node, file);
}

function versionIn(path: string, product: string): string {
  const name = /^NAME=(.+)$/m.exec(product)?.[1];
  const version = /^VERSION=(.+)$/m.exec(product)?.[1];
  if (name !== 'MetalK8s') {
    const found = name ?? 'None';
    throw new CommandExecutionError(`Invalid archive '${path}', 'NAME' should be 'MetalK8s', found '${found}'.`);
  }
  if (version === undefined) throw new CommandExecutionError(`Invalid archive '${path}', 'VERSION' must be provided.`);
  return version;
}

/** Converts archives to get_archives' format: facts by saltenv. */
export function archivesAsJson(archives: readonly ArchiveInfo[]): JsonObject {
  return Object.fromEntries(
    archives.map(({ env, version, iso, path }) => [env, { version, name: 'MetalK8s', iso, path }]),
  );
}
