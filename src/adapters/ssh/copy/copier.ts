import { isOfTheCluster, Unreachable } from '../../../domain/answers/failure.ts';
import type { NodeAccess } from '../../../domain/cluster/facts.ts';
import { render } from '../../../domain/node-commands/command.ts';
import { shownCopyCommands } from '../../../domain/node-commands/copy-commands.ts';
import type { CopyStep } from '../../../domain/plan/step.ts';
import type { Copier } from '../../../ports/copier.ts';
import { CopyPace } from '../stream/copy-pace.ts';
import type { CopierParts, Copy } from '../stream/copy-parts.ts';
import type { Recipes } from '../stream/recipe.ts';
import { attempt } from './copy-attempt.ts';
import { orderOf } from './copy-target.ts';
import { damagedTwice, gaveUp, notApproved } from './copy-words.ts';
import { search } from './seeding.ts';
import { Semaphore } from './semaphore.ts';

/** Reconnections in a row that bring the copy no further. */
const RECONNECTS = 5;
const FIRST_PAUSE_MS = 1_000;

/** Copies over SSH, verifies by SHA-256, resumes interrupted copies, and sends only missing bytes. */
export function sshCopier(parts: CopierParts): Copier {
  const turns = new Semaphore(parts.atATime ?? Number.POSITIVE_INFINITY);
  const recipes: Recipes = new Map();
  return {
    async prepare(steps, signal) {
      for (const step of steps) await searched({ ...parts, step, recipes, signal });
    },
    async copy(step, access, onProgress, signal) {
      assertApproved(step, access);
      const pace = new CopyPace(step.archive.size, parts.clock, onProgress);
      await untilWhole({ ...parts, step, access, pace, signal, recipes, seedFailed: { is: false } }, turns);
      pace.complete();
    },
  };
}

/** Prepares a copy; ignores faults of the cluster, which the copy itself will report. */
async function searched(copy: Parameters<typeof search>[0]): Promise<void> {
  try {
    await search(copy);
  } catch (error) {
    copy.signal.throwIfAborted();
    if (!isOfTheCluster(error)) throw error;
  }
}

/** The commands must be the approved ones; an annotation may have changed after the approval. */
function assertApproved(step: CopyStep, access: NodeAccess): void {
  const runs = shownCopyCommands(orderOf(step, access)).map(render);
  const approved = step.commands.map(({ command }) => render(command));
  if (runs.join('\n') !== approved.join('\n')) throw notApproved(step);
}

/** Retries lost connections, and damaged bytes once. A copy that waits for its node frees its slot for others. */
async function untilWhole(copy: Copy, turns: Semaphore): Promise<void> {
  const lost = lossesOf(copy);
  let damaged = 0;
  for (;;) {
    try {
      if ((await turns.take(copy.signal, () => attempt(copy))) === 'whole') return;
      damaged += 1;
      if (damaged > 1) throw damagedTwice(copy.step);
    } catch (error) {
      copy.signal.throwIfAborted();
      if (!isLost(error)) throw error;
      const times = lost();
      if (times > RECONNECTS) throw gaveUp(copy.step, copy.access, times, error);
      await copy.clock.sleep(FIRST_PAUSE_MS * 2 ** (times - 1), copy.signal);
    }
  }
}

/** Counts losses in a row; a connection that brought the copy further starts the count again. */
function lossesOf({ pace }: Copy): () => number {
  let [times, reached] = [0, 0];
  return () => {
    times = pace.furthest > reached ? 1 : times + 1;
    reached = pace.furthest;
    return times;
  };
}

const isLost = (error: unknown): error is Unreachable => error instanceof Unreachable && error.fault === 'unreachable';
