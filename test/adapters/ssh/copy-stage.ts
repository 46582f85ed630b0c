import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sshCopier } from '../../../src/adapters/ssh/copy/copier.ts';
import { shownCopyCommands } from '../../../src/domain/node-commands/copy-commands.ts';
import type { CopyStep } from '../../../src/domain/plan/step.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { BootstrapNode } from '../../../src/ports/cluster.ts';
import type { Copier } from '../../../src/ports/copier.ts';
import { type SshStage, sshStage } from './stage.ts';

export type Source = Pick<BootstrapNode, 'read' | 'sha256'>;

/** A real sshd with its key pinned, an archive, and a copier to it. */
export interface CopyStage extends SshStage {
  /** The archive's bytes, which the bootstrap node has at the step's path. */
  readonly bytes: Buffer;
  readonly step: CopyStep;
  /** Offsets from which the source was read. */
  readonly readFrom: number[];
  readonly copier: Copier;
  copierFrom(source: Source, clock?: Clock): Copier;
  readonly source: Source;
}

export async function copyStage(size = 16 * 1024 * 1024): Promise<CopyStage> {
  const stage = await sshStage();
  await stage.pin();
  const bytes = randomBytes(size);
  const sourcePath = join(stage.folder, 'source.iso');
  await writeFile(sourcePath, bytes);
  // On real nodes the archive has the same path; here both nodes are one machine, so the target's path differs.
  const path = join(stage.folder, 'srv', `it's an "archive" $HOME.iso`);
  const readFrom: number[] = [];
  const source: Source = {
    read: (_, from, signal) => {
      readFrom.push(from);
      return createReadStream(sourcePath, { start: from, highWaterMark: 256 * 1024, signal });
    },
    sha256: async (_path, _signal, length = size) => sha256Of(bytes.subarray(0, length)),
  };
  const copierFrom = (from: Source, clock = fastClock(20)): Copier =>
    sshCopier({ shell: stage.shell, bootstrap: from, clock });
  const step = copyStep(path, bytes, stage.access.sudo);
  return { ...stage, bytes, step, readFrom, source, copierFrom, copier: copierFrom(source) };
}

export function copyStep(path: string, bytes: Buffer, sudo: boolean): CopyStep {
  const part = `${path}.part-lyon-abc123`;
  const commands = shownCopyCommands({ path, part, size: bytes.length, sudo });
  return {
    kind: 'copy',
    id: 'copy:node-2:a',
    says: 'Copy a to node-2',
    commands: commands.map((command) => ({ on: 'node-2', command })),
    node: 'node-2',
    archive: { id: 'a', path, size: bytes.length, sha256: sha256Of(bytes) },
    part,
  };
}

/** Writes bytes to the target's part file. */
export async function putPart({ step }: CopyStage, bytes: Buffer): Promise<void> {
  await mkdir(join(step.part, '..'), { recursive: true });
  await writeFile(step.part, bytes);
}

export const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Only sleeps are shorter: with a faster clock, a slow machine would look like a stalled connection. */
export function fastClock(factor: number): Clock {
  return {
    now: () => new Date(),
    steadyMs: () => performance.now(),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const aborted = () => {
          clearTimeout(timer);
          reject(signal.reason);
        };
        const timer = setTimeout(() => {
          signal.removeEventListener('abort', aborted);
          resolve();
        }, ms / factor);
        if (signal.aborted) aborted();
        else signal.addEventListener('abort', aborted, { once: true });
      }),
  };
}
