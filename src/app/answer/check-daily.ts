import type { ProofResult } from '../../domain/cluster/proof-result.ts';
import { type DailyCheck, dueDay } from '../../domain/policy/time.ts';
import { verify } from '../../domain/questions/verify/verify.ts';
import type { Once } from '../../ports/cards.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Told } from '../../ports/status.ts';
import type { Says } from '../ask/asker.ts';
import type { AnsweredCluster } from './gather.ts';
import { type Proved, wholeProof } from './verify.ts';

/** The ports of `checkDaily`, for one cluster. */
export interface DailyPorts extends Pick<AnsweredCluster, 'worker' | 'board' | 'proofBoard'> {
  readonly cluster: string;
  readonly daily: DailyCheck;
  readonly clock: Clock;
  readonly once: Once;
  /** What the checks before have told. */
  readonly toldDaily: Told;
  /** Posts in the cluster's channel. */
  readonly post: (says: Says) => Promise<void>;
}

/** While another person's proof runs. */
const BUSY_PAUSE_MS = 60_000;
const BUSY_TRIES = 20;
/** Findings that are remembered, and characters of each. */
const MOST_FINDINGS = 100;
const FINDING_LENGTH = 600;

/**
 * Has all registries verified once a day, over all replicas. Quiet while all is well: people are told what is new, and when all is well
 * again. A bot that dies meanwhile leaves the check to the next day.
 */
export async function checkDaily(ports: DailyPorts, signal: AbortSignal): Promise<void> {
  const { cluster, daily, clock, once, toldDaily, post } = ports;
  const day = dueDay(daily, clock.now());
  if (day === null || !(await once.isFirst(['daily check', cluster, day].join('\n')))) return;
  const ask = { cluster, nodes: [], deep: false };
  const phase = await proved(ask, ports, signal);
  const found = phase === null ? null : findingsOf(phase);
  if (phase === null || found === null) return;
  const before = (await toldDaily.last()) ?? [];
  const isWorse = found.some((one) => !before.includes(one));
  const isWell = found.length === 0 && before.length > 0;
  if (isWorse || isWell)
    await post((markup) => `${markup.strong('Daily check.')} ${verify.answer({ ask, phase }, markup)}`);
  await toldDaily.note(found);
}

async function proved(
  ask: { readonly cluster: string; readonly nodes: readonly string[]; readonly deep: boolean },
  ports: DailyPorts,
  signal: AbortSignal,
): Promise<Proved | null> {
  for (let tries = 1; ; tries += 1) {
    const phase = await wholeProof(ask, ports, ports, signal);
    if (phase?.is !== 'busy' || tries === BUSY_TRIES) return phase;
    await ports.clock.sleep(BUSY_PAUSE_MS, signal).catch(() => undefined);
    if (signal.aborted) return null;
  }
}

/** What people must know, one sentence each; null if nothing was found out: another proof or a change was in the way, and a change proves itself. */
function findingsOf(phase: Proved): readonly string[] | null {
  switch (phase.is) {
    case 'busy':
      return null;
    case 'worker-away':
      return [`no check: the worker is ${phase.worker.is}`];
    case 'lost':
      return [`no check: ${phase.why}`];
    case 'ended':
      return phase.report.result.cut?.is === 'change' ? null : findingsIn(phase.report.result);
  }
}

function findingsIn({ differences, moreDifferences, unread, moreUnread, cut }: ProofResult): readonly string[] {
  const all = [...differences, ...unread].map(({ where, says }) => `${where}: ${says}`.slice(0, FINDING_LENGTH));
  const more = moreDifferences + moreUnread === 0 ? [] : ['more'];
  return [...(cut === null ? [] : [`cut: ${cut.is}`]), ...more, ...all].slice(0, MOST_FINDINGS);
}
