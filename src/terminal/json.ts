import type { Change } from '../domain/change/change.ts';
import { proofVerdict } from '../domain/cluster/proof-result.ts';
import { planDigest } from '../domain/plan/digest.ts';
import { namedNodes } from '../domain/plan/plan.ts';
import type { ChangesKnown } from '../domain/questions/changes/changes.ts';
import type { HistoryKnown } from '../domain/questions/history/history.ts';
import type { LogKnown } from '../domain/questions/log/log.ts';
import type { PlanKnown } from '../domain/questions/plan/view.ts';
import type { ShowKnown } from '../domain/questions/show/show.ts';
import { verdictOf } from '../domain/questions/status/cluster-status.ts';
import type { StatusKnown } from '../domain/questions/status/status.ts';
import type { VerifyKnown } from '../domain/questions/verify/view.ts';

/** A change in a list. What it does not have is null, so that every field is always there. */
const changeJson = (change: Change) => ({
  id: change.id,
  verb: change.intent.verb,
  nodes: namedNodes(change),
  state: change.state,
  reason: change.intent.reason ?? null,
  requester: change.requester,
  requestedAt: change.requestedAt,
  approvers: change.approvers,
  digest: change.digest ?? null,
  startedAt: change.startedAt ?? null,
  endedAt: change.endedAt ?? null,
  refusal: change.refusal ?? null,
  failure: change.failure ?? null,
});

export const changesJson = ({ found, isCut }: ChangesKnown) => ({
  question: 'changes',
  changes: found.map(({ change }) => changeJson(change)),
  isCut,
});

export const historyJson = ({ ask, found, isCut }: HistoryKnown) => ({
  question: 'history',
  node: ask.node,
  changes: found.map(({ change }) => changeJson(change)),
  isCut,
});

export const showJson = ({ change }: ShowKnown) => ({
  question: 'show',
  change: changeJson(change),
  steps: (change.plan?.approved.steps ?? []).map(({ id, says }) => ({
    id,
    says,
    state: change.steps[id] ?? { is: 'waiting' },
  })),
  proof: change.proof ?? null,
});

export const logJson = ({ change, events }: LogKnown) => ({ question: 'log', change: changeJson(change), events });

/** `open` is null if the journal could not be read. */
export function statusJson({ clusters: [view] }: StatusKnown): object {
  if (view?.seen.is !== 'seen') return { question: 'status', verdict: 'unknown' };
  const { cluster, seen, worker, open, here } = view;
  const isRead = (here?.unread ?? null) === null;
  return {
    question: 'status',
    cluster,
    verdict: verdictOf(seen.status),
    status: seen.status,
    worker,
    open: isRead ? open.map(({ change }) => changeJson(change)) : null,
  };
}

/** `plan` has the whole plan, with its digest; null if the change would be refused. */
export function planJson({ intent, phase }: PlanKnown): object {
  if (phase.is !== 'answered') return { question: 'plan' };
  const { during, found } = phase.dryRun;
  const plan = found.is === 'planned' ? found.plan : null;
  return { question: 'plan', intent, digest: plan === null ? null : planDigest(plan.approved), plan, during };
}

export const verifyJson = ({ phase }: VerifyKnown) =>
  phase.is === 'proved-here'
    ? { question: 'verify', verdict: proofVerdict(phase.result), result: phase.result }
    : { question: 'verify' };
