import { notConfirmed } from '../../domain/answers/failure.ts';
import type { StepOf } from '../../domain/plan/step.ts';
import { listed } from '../../domain/text/format.ts';
import { type Finding, type StepWorld, satisfied, unsatisfied } from './step-world.ts';
import { waitUntilSo } from './wait.ts';

type EnginesStep = StepOf<'engines'>;

/** A salt-minion that restarts is back within some twenty seconds. */
const AWAY_LIMIT_MS = 40_000;
const POLL_MS = 2_000;

/**
 * Waits until every minion answers: a job that one of them never hears of would reconfigure all engines but its own. Throws
 * `not-confirmed` when one stays away; nothing was run then.
 */
export async function untilMinionsAnswer(step: EnginesStep, world: StepWorld, signal: AbortSignal): Promise<void> {
  const limits = { limitMs: AWAY_LIMIT_MS, everyMs: POLL_MS };
  const finding = await waitUntilSo(() => answering(step, world, signal), limits, world.clock, signal);
  if (finding.is === 'satisfied') return;
  throw notConfirmed(
    'salt-minion',
    `${finding.says} The engines were not touched.`,
    'Check `systemctl status salt-minion` there, then retry.',
  );
}

async function answering({ nodes }: EnginesStep, world: StepWorld, signal: AbortSignal): Promise<Finding> {
  const there = await world.salt.answering(nodes, signal);
  if (there === null) return unsatisfied('The Salt master does not answer.');
  const silent = nodes.filter((node) => !there.includes(node));
  if (silent.length === 0) return satisfied('');
  world.throwIfCancelled();
  const says = `The minion of ${listed(silent)} does not answer.`;
  world.onProgress({ done: 0, total: 0, unit: 'wait', note: `${says} Waiting for it.` });
  return unsatisfied(says);
}
