import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalBootstrapNode } from '../src/adapters/bootstrap/bootstrap-node.ts';
import { sshCopier } from '../src/adapters/ssh/copier.ts';
import { OpenSsh } from '../src/adapters/ssh/openssh.ts';
import { systemClock } from '../src/clock.ts';
import { shownCopyCommands } from '../src/domain/copy-commands.ts';
import type { CopyStep } from '../src/domain/step.ts';
import type { CopyProgress } from '../src/ports.ts';
import type { Lab, SourceFile, Target } from './lab.ts';

/** One copy by our engine, with a connection of its own, as a worker makes it after a pause. */
export class Ours {
  readonly #lab: Lab;
  /** Bytes that the last copy sent. */
  sent = 0;

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  /** `bootstrap` decides what is known of the source; one that has never hashed it reads it all. */
  async copy(source: SourceFile, target: Target, bootstrap: LocalBootstrapNode = this.#lab.bootstrap()): Promise<void> {
    const shell = this.#lab.shell();
    const step = stepOf(source, target);
    let first = source.size;
    const tell = ({ sent }: CopyProgress) => {
      first = Math.min(first, sent);
    };
    try {
      const openSsh = new OpenSsh({ knownHostsPath: this.#lab.knownHosts });
      const copier = sshCopier({ shell, bootstrap, clock: systemClock, openSsh });
      await copier.copy(step, target.access, tell, new AbortController().signal);
    } finally {
      await shell.close();
    }
    this.sent = source.size - first;
  }
}

/** Where an archive goes on a target. */
export const placeOf = (source: SourceFile, target: Target): string =>
  join(target.folder, source.path.slice(source.path.lastIndexOf('/') + 1));

/** The part file of a bench's copies. */
export const partOf = (source: SourceFile, target: Target): string => `${placeOf(source, target)}.part-bench`;

/** The step that brings a source to a target. */
export function stepOf(source: SourceFile, target: Target): CopyStep {
  const path = placeOf(source, target);
  const part = partOf(source, target);
  const { node, sudo } = target.access;
  const commands = shownCopyCommands({ path, part, size: source.size, sudo });
  return {
    kind: 'copy',
    id: `copy:${node}:bench`,
    says: '',
    commands: commands.map((command) => ({ on: node, command })),
    node,
    archive: { id: 'bench', path, size: source.size, sha256: source.sha256 },
    part,
  };
}

/** Takes away what an earlier round left on a target. */
export async function clear(source: SourceFile, ...targets: readonly Target[]): Promise<void> {
  for (const target of targets) {
    await rm(placeOf(source, target), { force: true });
    await rm(partOf(source, target), { force: true });
  }
}
