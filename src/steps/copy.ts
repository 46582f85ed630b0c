import { bytesInWords } from '../domain/measure.ts';
import type { CopyStep } from '../domain/step.ts';
import { type Finding, notSo, type StepWork, type StepWorld, so } from './step-world.ts';

/** Copies one archive to the same path on the target; the digest decides. */
export const copy: StepWork<CopyStep> = {
  check: isThere,
  async act(step, world, signal) {
    await world.copier.copy(
      step,
      world.accessTo(step.node),
      ({ sent, total, rate }) => world.onProgress(copied(sent, total, rate)),
      signal,
    );
  },
  confirm: isThere,
};

async function isThere(step: CopyStep, world: StepWorld, signal: AbortSignal): Promise<Finding> {
  const { path, size, sha256 } = step.archive;
  const has = await world.targets.hasFile(world.accessTo(step.node), { path, size, sha256 }, signal);
  return has
    ? so(`${bytesInWords(size)}, SHA-256 ${sha256.slice(0, 12)}`)
    : notSo(`${path} is not there with the right SHA-256.`);
}

function copied(done: number, total: number, rate: number) {
  const left = rate > 0 ? { secondsLeft: Math.ceil((total - done) / rate) } : {};
  return { done, total, unit: 'bytes', rate, ...left } as const;
}
