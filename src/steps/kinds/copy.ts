import { z } from 'zod';
import { copiedArchive, stepOnNode } from '../../domain/plan/step-shared.ts';
import { bytesInWords, count } from '../../domain/text/format.ts';
import type { Data } from '../../domain/text/shape.ts';
import type { CopyProgress } from '../../ports/copier.ts';
import { nothingToForget, type StepPlug } from '../world/step-plug.ts';
import { type Finding, type StepWorld, satisfied, unsatisfied } from '../world/step-world.ts';

/** Expected bytes per second of a copy on a busy and on a free 1 Gbit/s link. */
const SLOW_COPY = 30_000_000;
const FAST_COPY = 110_000_000;

const schema = stepOnNode('copy', {
  archive: copiedArchive,
  /** Receives the bytes until the digest is verified: see `partOf`. */
  part: z.string(),
  /** A similar archive that is on the target by then. Bytes that it already has are not sent. */
  seed: copiedArchive.exactOptional(),
});

type CopyStep = Data<typeof schema>;

/** Copies one archive to the same path on the target, and verifies its digest. */
export const copy: StepPlug<CopyStep> = {
  schema,
  title: (where, steps) => `Copy archives to ${where} (${count(steps, 'copy', 'copies')})`,
  seconds: ({ archive: { size } }) => ({ from: size / FAST_COPY, to: size / SLOW_COPY }),
  // A cut copy resumes from its part file, or an undo removes the file.
  cancel: 'anywhere',
  // It writes where no state does.
  waitsForSalt: false,
  // The copier itself limits how many run at a time.
  atOnce: { says: 'copies to different nodes', sharesNetwork: true },
  forget: nothingToForget,
  check: isThere,
  async act(step, world, signal) {
    let saved = 0;
    const report = (progress: CopyProgress): void => {
      saved = progress.saved ?? 0;
      world.onProgress(copied(step.node, progress));
    };
    await world.copier.copy(step, world.accessTo(step.node), report, signal);
    return savedInWords(saved);
  },
  confirm: isThere,
};

async function isThere(step: CopyStep, world: StepWorld, signal: AbortSignal): Promise<Finding> {
  const { path, size, sha256 } = step.archive;
  const has = await world.targets.hasFile(world.accessTo(step.node), { path, size, sha256 }, signal);
  return has
    ? satisfied(`${bytesInWords(size)}, SHA-256 ${sha256.slice(0, 12)}`)
    : unsatisfied(`${path} is not there with the right SHA-256.`);
}

function copied(node: string, { sent: done, saved = 0, total, rate }: CopyProgress) {
  const isSent = done >= total;
  const left = rate !== undefined && rate > 0 ? { secondsLeft: Math.ceil((total - done) / rate) } : {};
  // The rate only measures sending: once every byte is sent, it says nothing about the remaining time.
  const speed = isSent || rate === undefined ? {} : { rate, ...left };
  const notes = [
    ...(isSent ? [`${node} is writing and verifying it`] : []),
    ...(saved > 0 ? [savedInWords(saved)] : []),
  ];
  const note = notes.length > 0 ? { note: notes.join('; ') } : {};
  return { done, total, unit: 'bytes', ...speed, ...note } as const;
}

/** Bytes that were not sent because the node already had them. */
const savedInWords = (saved: number): string => (saved > 0 ? `${bytesInWords(saved)} saved, already on the node` : '');
