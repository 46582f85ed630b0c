import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalBootstrapNode } from '../src/adapters/bootstrap/bootstrap-node.ts';
import { sshCopier } from '../src/adapters/ssh/copy/copier.ts';
import { OpenSsh } from '../src/adapters/ssh/run/openssh.ts';
import type { RateCap } from '../src/adapters/ssh/stream/rate-cap.ts';
import { command } from '../src/domain/node-commands/command.ts';
import { shownCopyCommands } from '../src/domain/node-commands/copy-commands.ts';
import { hasExited } from '../src/domain/node-commands/ended.ts';
import type { CopiedArchive, CopyStep } from '../src/domain/plan/step.ts';
import type { CopyProgress, TargetDigests } from '../src/ports/copier.ts';
import { systemClock } from '../src/runtime/clock.ts';
import type { Lab, SourceFile, Target } from './lab.ts';

/** What our copy may know in advance; nothing if left out. */
export interface Knowledge {
  /** A bootstrap node with the source's digest in its cache; without it, the copy reads the whole source. */
  readonly bootstrap?: LocalBootstrapNode;
  readonly digests?: TargetDigests;
  readonly seed?: SourceFile;
  /** Shared by all copies that leave through one uplink. */
  readonly rateCap?: RateCap;
}

/** Copies by our engine. Each uses a new connection, like a worker after a pause. */
export class Ours {
  readonly #lab: Lab;
  /** Bytes sent by the last copy. */
  sent = 0;

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  async copy(source: SourceFile, target: Target, known: Knowledge = {}): Promise<void> {
    await (await this.#begin(source, target, known, false))();
  }

  /** Does all preparation, as while people read a plan; returns the copy itself, to be run once. */
  async prepared(source: SourceFile, target: Target, known: Knowledge = {}): Promise<() => Promise<void>> {
    return await this.#begin(source, target, known, true);
  }

  async #begin(
    source: SourceFile,
    target: Target,
    known: Knowledge,
    isPrepared: boolean,
  ): Promise<() => Promise<void>> {
    const { bootstrap = this.#lab.bootstrap(), digests, seed, rateCap } = known;
    const shell = this.#lab.shell();
    const copier = sshCopier({
      shell,
      bootstrap,
      clock: systemClock,
      openSsh: new OpenSsh({ knownHostsPath: this.#lab.knownHosts }),
      ...(digests === undefined ? {} : { digests }),
      ...(rateCap === undefined ? {} : { rateCap }),
    });
    const step = stepOf(source, target, seed);
    if (isPrepared) await copier.prepare([step], new AbortController().signal);
    return async () => {
      let saved = 0;
      const report = (progress: CopyProgress) => {
        saved = progress.saved ?? 0;
      };
      try {
        await copier.copy(step, target.access, report, new AbortController().signal);
      } finally {
        await shell.close();
      }
      this.sent = source.size - saved;
    };
  }

  /** The same transfer without a digest at either end. */
  async unverified(source: SourceFile, target: Target): Promise<void> {
    const file = await open(source.path);
    try {
      const receive = command('dd', `of=${placeOf(source, target)}`, 'bs=256K', 'iflag=fullblock', 'status=none');
      const ssh = new OpenSsh({ knownHostsPath: this.#lab.knownHosts });
      const result = await ssh.run(target.access, receive, {
        stdin: { fd: file.fd },
        signal: new AbortController().signal,
      });
      if (!hasExited(result)) throw new Error('The copy without a digest failed.');
    } finally {
      await file.close();
    }
  }
}

/** The path of an archive on a target. */
export const placeOf = (source: SourceFile, target: Target): string =>
  join(target.folder, source.path.slice(source.path.lastIndexOf('/') + 1));

/** The path of the part file. */
export const partOf = (source: SourceFile, target: Target): string => `${placeOf(source, target)}.part-bench`;

/** The step that copies a source to a target. */
export function stepOf(source: SourceFile, target: Target, from?: SourceFile): CopyStep {
  const seed = from === undefined ? undefined : archiveOf(from, target);
  const path = placeOf(source, target);
  const part = partOf(source, target);
  const { node, sudo } = target.access;
  const commands = shownCopyCommands({
    path,
    part,
    size: source.size,
    sudo,
    ...(seed === undefined ? {} : { seed: seed.path }),
  });
  return {
    kind: 'copy',
    id: `copy:${node}:bench`,
    says: '',
    commands: commands.map((command) => ({ on: node, command })),
    node,
    archive: archiveOf(source, target),
    part,
    ...(seed === undefined ? {} : { seed }),
  };
}

/** Removes the files of an earlier round from the targets. */
export async function clear(source: SourceFile, ...targets: readonly Target[]): Promise<void> {
  for (const target of targets) {
    await rm(placeOf(source, target), { force: true });
    await rm(partOf(source, target), { force: true });
  }
}

const archiveOf = (source: SourceFile, target: Target): CopiedArchive => ({
  id: 'bench',
  path: placeOf(source, target),
  size: source.size,
  sha256: source.sha256,
});
