import { CommandFailed } from '../../domain/answers/failure.ts';
import type { NodeAccess } from '../../domain/cluster/facts.ts';
import type { RegistryFiles } from '../../domain/cluster/registry-files.ts';
import type { WantedFile } from '../../domain/cluster/target-query.ts';
import type { Command } from '../../domain/node-commands/command.ts';
import { digestIn, type FileSeen, fileInLine } from '../../domain/node-commands/copy-commands.ts';
import { exit, hasExited } from '../../domain/node-commands/ended.ts';
import { hashAt, LOOKS, type Look, lookAt, looksAtPath, looksIn } from '../../domain/node-commands/look-commands.ts';
import { copiesAmong } from '../../domain/node-commands/manifest-copies.ts';
import { asUser } from '../../domain/node-commands/salt-commands.ts';
import type { TargetDigests } from '../../ports/copier.ts';
import { namedMounts, pathsToResolve } from './named-mounts.ts';
import type { NodeInspector } from './node-inspector.ts';
import { fstabIn, linesIn, mountsIn, saysMissing } from './parse.ts';

/** Files that one inspection hashes, because a large ISO takes ten seconds; digests are kept, so that the next one goes on. */
const MOST_HASHED = 3;
const HASH_LIMIT_MS = 60_000;

/** Reads everything that a registry needs on its node with one script, then resolves the paths, and hashes what is not known yet. */
export async function registryFiles(
  access: NodeAccess,
  archives: readonly WantedFile[],
  inspector: NodeInspector,
  digests: TargetDigests | undefined,
): Promise<RegistryFiles> {
  const paths = archives.map(({ path }) => path);
  const looks = await lookOn(access, paths, inspector);
  const [findmnt, losetup, fstab, config] = LOOKS.slice(0, -1).map((probe, at) => textOf(access, probe, looks[at]));
  const manifests = looks[LOOKS.length - 1];
  const found = {
    mounts: mountsOn(access, findmnt ?? '', losetup ?? ''),
    fstab: fstabIn(fstab ?? ''),
    same: new Map(paths.map((path, at) => [looks[LOOKS.length + 2 * at + 1]?.said ?? '', path])),
  };
  const real = await inspector.resolved(pathsToResolve(found, paths));
  const seen = paths.map((path, at) => seenAt(access, path, looks[LOOKS.length + 2 * at]));
  return {
    files: await compared(archives, seen, new Hashing(access, inspector, digests)),
    ...namedMounts(found, paths, real),
    registryConfig: linesIn(config ?? ''),
    ...(manifests?.code === 0 ? { manifestCopies: copiesAmong(linesIn(manifests.said)) } : {}),
  };
}

async function lookOn(
  access: NodeAccess,
  paths: readonly string[],
  inspector: NodeInspector,
): Promise<readonly Look[]> {
  const probe = asUser(access, lookAt(paths));
  const result = await inspector.asUser(probe);
  const looks = hasExited(result) ? looksIn(result.stdout, paths.length) : null;
  if (looks === null) throw new CommandFailed(access.node, probe, result);
  return looks;
}

/** What a program printed. Nothing if there is nothing: findmnt then exits with 1, and a file may be missing. Else it has failed. */
function textOf(access: NodeAccess, probe: Command, look: Look | undefined): string {
  const { code, said } = look ?? { code: 1, said: 'no answer' };
  if (code === 0) return said;
  if (said === '' || saysMissing(said)) return '';
  throw failed(access, probe, { code, said });
}

const failed = ({ node }: NodeAccess, probe: Command, { code, said }: Look, cause?: unknown): CommandFailed =>
  new CommandFailed(node, probe, { ended: exit(code), stdout: '', stderr: said }, { cause });

function mountsOn(access: NodeAccess, findmnt: string, losetup: string) {
  try {
    return mountsIn(findmnt, losetup);
  } catch (cause) {
    throw failed(access, lookAt([]), { code: 0, said: `${findmnt}\n${losetup}` }, cause);
  }
}

function seenAt(access: NodeAccess, path: string, look: Look | undefined): FileSeen {
  const { code, said } = look ?? { code: 1, said: 'no answer' };
  const seen = fileInLine(said);
  if (seen === null) throw failed(access, looksAtPath(path)[0] ?? lookAt([path]), { code, said });
  return seen;
}

/** In sequence: parallel reads of archives compete for the disk. */
async function compared(
  archives: readonly WantedFile[],
  seen: readonly FileSeen[],
  hashing: Hashing,
): Promise<RegistryFiles['files']> {
  const files: RegistryFiles['files'][number][] = [];
  for (const [at, wanted] of archives.entries()) {
    const there = seen[at] ?? { is: 'absent' };
    files.push({ path: wanted.path, is: await hashing.compare(wanted, there) });
  }
  return files;
}

/** Compares files by their digests, and hashes a few of those that are not known yet. */
class Hashing {
  readonly #access: NodeAccess;
  readonly #inspector: NodeInspector;
  readonly #digests: TargetDigests | undefined;
  #hashed = 0;

  constructor(access: NodeAccess, inspector: NodeInspector, digests: TargetDigests | undefined) {
    this.#access = access;
    this.#inspector = inspector;
    this.#digests = digests;
  }

  async compare(wanted: WantedFile, seen: FileSeen): Promise<RegistryFiles['files'][number]['is']> {
    if (seen.is === 'absent' || seen.is === 'directory') return seen.is;
    if (seen.is === 'other' || seen.size !== wanted.size) return 'different';
    const known = this.#digests?.known(this.#access.node, wanted.path);
    if (known?.identity === seen.identity) return known.sha256 === wanted.sha256 ? 'same' : 'different';
    const sha256 = await this.#hash(wanted, seen.identity);
    if (sha256 === null) return 'unread';
    return sha256 === wanted.sha256 ? 'same' : 'different';
  }

  async #hash({ path }: WantedFile, identity: string): Promise<string | null> {
    if (this.#hashed === MOST_HASHED) return null;
    this.#hashed += 1;
    const probe = asUser(this.#access, hashAt(path));
    const result = await this.#inspector.asUser(probe, HASH_LIMIT_MS);
    const sha256 = hasExited(result) ? digestIn(result.stdout) : null;
    if (sha256 === null) throw new CommandFailed(this.#access.node, probe, result);
    await this.#digests?.remember(this.#access.node, path, identity, sha256);
    return sha256;
  }
}
