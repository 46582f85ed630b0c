import { isOfTheRecord } from '../../domain/answers/failure.ts';
import { isRefusal, type Refusal } from '../../domain/answers/refusal.ts';
import type { Change } from '../../domain/change/change.ts';
import { clusterOf } from '../../domain/change/change-id.ts';
import { isUnheard, workerState } from '../../domain/cluster/worker-state.ts';
import type { Intent } from '../../domain/plan/intent.ts';
import { mayAsk } from '../../domain/policy/may-request.ts';
import { NO_CHANGE, type SeenDryRun } from '../../domain/questions/plan/dry-run.ts';
import type { PlanAsk, PlanKnown, PlanPhase } from '../../domain/questions/plan/view.ts';
import { canonicalJson } from '../../domain/text/canonical.ts';
import { withDefaults } from '../../domain/verbs/with-defaults.ts';
import type { Asker } from '../ask/asker.ts';
import { whyNotAsked } from '../ask/request-change.ts';
import { askedAlready, undoIntent } from '../ask/request-undo.ts';
import { policyContext, thoseWhoAsk } from '../policy/policy-context.ts';
import { rivalsOf } from '../record/rivals.ts';
import type { AnsweredCluster, AnswerPorts, Gather, Later } from './gather.ts';
import { whyHidden } from './visible-clusters.ts';

const LOOK_EVERY_MS = 1_000;
/** A request is gone after five minutes, and the worker lets one dry run last four. */
const WAIT_MS = 6 * 60_000;

type OnCluster = AnsweredCluster & Pick<AnswerPorts, 'clock'>;

/** Asks the worker for the plan of a change that nobody requests. A freeze or a closed window does not stop a question. */
export const knownForPlan: Gather<'plan'> = async (ask, asker, ports) => {
  const name = ask.is === 'change' ? ask.intent.cluster : clusterOf(ask.undoes);
  const hidden = await whyHidden(name, asker, ports);
  const cluster = ports.clusters.get(name);
  if (hidden !== null) return hidden;
  if (cluster === undefined) throw new Error(`The bot has lost the cluster ${name}.`);
  const on = { ...cluster, clock: ports.clock };
  const wanted = await wantedBy(ask, on);
  if (isRefusal(wanted)) return wanted;
  const { intent, undone } = wanted;
  const refusal = await whyNotPlanned(intent, asker, on);
  if (refusal !== null) return refusal;
  const notNow =
    (await whyNotAsked(intent, asker.by, asker.channel, on)) ??
    (undone === null ? null : await askedAlready(undone, on));
  return { intent, phase: await asked(intent, on), notNow };
};

/** The change that is asked about, and the one that it would undo. */
interface Wanted {
  readonly intent: Intent;
  readonly undone: Change | null;
}

async function wantedBy(ask: PlanAsk, { changes, policy }: OnCluster): Promise<Wanted | Refusal> {
  if (ask.is === 'change') return { intent: withDefaults(ask.intent, policy), undone: null };
  const undo = await undoIntent(ask, changes);
  return isRefusal(undo) ? undo : { intent: undo.intent, undone: undo.change };
}

/** Only those who may request a change may see its plan. */
async function whyNotPlanned({ verb }: Intent, { by, channel }: Asker, on: OnCluster): Promise<Refusal | null> {
  const now = await policyContext(thoseWhoAsk(on.policy.verbs[verb]), [by.id], on);
  return mayAsk(on.policy, verb, by, channel, now);
}

async function asked(intent: Intent, { worker: life, dryRuns }: OnCluster): Promise<PlanPhase> {
  const worker = workerState(await life.seen());
  if (isUnheard(worker)) return { is: 'worker-away', worker };
  const request = await dryRuns.ask(withoutReason(intent));
  return request === null ? { is: 'busy' } : { is: 'asked', request };
}

/** The reason is for people. */
function withoutReason(intent: Intent): Intent {
  const { reason: _, ...rest } = intent;
  return rest;
}

/** Waits for the answer. */
export const laterPlan: Later<'plan'> = async (known, ports, signal) => {
  const { intent, phase } = known;
  const cluster = ports.clusters.get(intent.cluster);
  if (cluster === undefined || phase.is !== 'asked') return null;
  const next = await waited(phase.request, intent, { ...cluster, clock: ports.clock }, signal);
  if (next === null) return null;
  return { ...known, phase: next, ...(await besideOf(next, intent, cluster)) };
};

/** The record may be away by now; the plan is the answer. */
async function besideOf(
  phase: PlanPhase,
  intent: Intent,
  { changes }: AnsweredCluster,
): Promise<Pick<PlanKnown, 'beside'>> {
  if (phase.is !== 'answered') return {};
  const { found } = phase.dryRun;
  const rival = { id: NO_CHANGE, intent, ...(found.is === 'planned' ? { plan: found.plan } : {}) };
  try {
    return { beside: (await rivalsOf(rival, changes)).map(({ id }) => id) };
  } catch (error) {
    if (isOfTheRecord(error)) return {};
    throw error;
  }
}

async function waited(
  request: string,
  intent: Intent,
  { dryRuns, worker, clock }: OnCluster,
  signal: AbortSignal,
): Promise<PlanPhase | null> {
  const until = clock.steadyMs() + WAIT_MS;
  while (clock.steadyMs() < until) {
    await clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined);
    if (signal.aborted) return null;
    try {
      const next = reached(await dryRuns.seen(request), intent);
      if (next !== null) return next;
      if (workerState(await worker.seen()).is === 'silent') return { is: 'lost', why: 'silent' };
    } catch (error) {
      // An outage of Redis may end before the wait does.
      if (!isOfTheRecord(error)) throw error;
    }
  }
  return { is: 'lost', why: 'late' };
}

/** What the worker's answer says; null to wait. */
function reached(seen: SeenDryRun, intent: Intent): PlanPhase | null {
  switch (seen.is) {
    case 'none':
      return null;
    case 'unverified':
    case 'newer':
      return { is: 'lost', why: seen.is };
    case 'seen': {
      const { dryRun } = seen;
      const isIts = canonicalJson(dryRun.intent) === canonicalJson(withoutReason(intent));
      return isIts ? { is: 'answered', dryRun } : { is: 'lost', why: 'other' };
    }
  }
}
