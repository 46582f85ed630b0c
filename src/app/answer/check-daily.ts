import type { ProofResult } from '../../domain/cluster/proof-result.ts';
import type { Intent } from '../../domain/plan/intent.ts';
import { type DailyCheck, dueCheck } from '../../domain/policy/time.ts';
import { fixesOf } from '../../domain/questions/status/fixes.ts';
import { verify } from '../../domain/questions/verify/verify.ts';
import type { Once } from '../../ports/cards.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CheckedDay, DailyChecks } from '../../ports/status.ts';
import type { Says } from '../ask/asker.ts';
import type { AnsweredCluster } from './gather.ts';
import { type Proved, wholeProof } from './verify.ts';

/** The ports of a daily check, for one cluster. */
export interface DailyPorts extends Pick<AnsweredCluster, 'worker' | 'board' | 'proofBoard'> {
  readonly cluster: string;
  readonly daily: DailyCheck;
  readonly clock: Clock;
  readonly once: Once;
  readonly dailyChecks: DailyChecks;
  /** Posts in the cluster's channel, with a button for each change that would help. */
  readonly post: (says: Says, fixes: readonly Intent[]) => Promise<void>;
}

/** While another person's proof runs, or the worker is being restarted. */
const AGAIN_MS = 15_000;
const TRIES = 80;
/** Clusters that are checked at the same time; the others follow. A bot may have a thousand, and looks for each answer every second. */
const MOST_AT_ONCE = 20;
/** Findings that are remembered, and characters of each. */
const MOST_FINDINGS = 100;
const FINDING_LENGTH = 600;

/**
 * Returns an act that has all registries verified once a day, over all replicas. Quiet while all is well: people are told what is new, and
 * when all is well again. A check that was prevented, by a change or by the death of a bot or worker, is made an hour later.
 */
export function dailyChecker(): (ports: DailyPorts, signal: AbortSignal) => Promise<void> {
  const tried = new Map<string, string>();
  let running = 0;
  return async (ports, signal) => {
    const { cluster, daily, clock, once, dailyChecks } = ports;
    const due = dueCheck(daily, clock.now());
    if (due === null) return;
    const name = ['daily check', cluster, due.day, due.attempt].join('\n');
    if (tried.get(cluster) === name || running >= MOST_AT_ONCE) return;
    running += 1;
    try {
      const isFirst = await once.isFirst(name);
      tried.set(cluster, name);
      if (!isFirst) return;
      const before = (await dailyChecks.last()) ?? { day: null, findings: [] };
      if (before.day !== due.day) await check(due.day, before, ports, signal);
    } finally {
      running -= 1;
    }
  };
}

async function check(day: string, before: CheckedDay, ports: DailyPorts, signal: AbortSignal): Promise<void> {
  const { cluster, board, dailyChecks, post } = ports;
  const ask = { cluster, nodes: [], deep: false };
  const phase = await proved(ask, ports, signal);
  const findings = phase === null ? null : findingsOf(phase);
  if (phase === null || findings === null) return;
  const isMade = phase.is === 'ended';
  const isWorse = findings.some((one) => !before.findings.includes(one));
  const isWell = findings.length === 0 && before.findings.length > 0;
  if (isWorse || isWell) {
    const seen = await board.seen();
    const fixes = isWorse && isMade && seen.is === 'seen' ? fixesOf(seen.status) : [];
    await post((markup) => `${markup.strong('Daily check.')} ${verify.answer({ ask, phase }, markup)}`, fixes);
  }
  await dailyChecks.note({ day: isMade ? day : before.day, findings });
}

async function proved(
  ask: { readonly cluster: string; readonly nodes: readonly string[]; readonly deep: boolean },
  ports: DailyPorts,
  signal: AbortSignal,
): Promise<Proved | null> {
  for (let tries = 1; ; tries += 1) {
    const phase = await wholeProof(ask, ports, ports, signal);
    const isPassing = phase?.is === 'busy' || phase?.is === 'worker-away';
    if (!isPassing || tries === TRIES) return phase;
    await ports.clock.sleep(AGAIN_MS, signal).catch(() => undefined);
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
