import { isRefusal, type Refusal, refuse } from '../../domain/answers/refusal.ts';
import type { Change, ChangeId } from '../../domain/change/change.ts';
import { clusterOf } from '../../domain/change/change-id.ts';
import { redacted } from '../../domain/change/redact.ts';
import { workerState } from '../../domain/cluster/worker-state.ts';
import { startsAt } from '../../domain/policy/decide.ts';
import { approversOf, heldBack } from '../../domain/policy/held-back.ts';
import { touchedNodes } from '../../domain/policy/hold.ts';
import { closedFor, stopped } from '../../domain/policy/may-request.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { unknownChange } from '../../domain/verbs/undo/refusals.ts';
import type { StoredChange } from '../../ports/record.ts';
import type { Asker } from '../ask/asker.ts';
import { callsFor } from '../policy/calls.ts';
import { type PolicyContextPorts, policyContext } from '../policy/policy-context.ts';
import { recordRefusal } from '../record/record-refusal.ts';
import { listedChange } from './changes.ts';
import type { AnswerPorts, Gather } from './gather.ts';
import { whyHidden } from './visible-clusters.ts';

/** The change that was asked for. */
export const knownForShow: Gather<'show'> = async ({ change }, asker, ports) => {
  const stored = await storedChange(change, asker, ports);
  return isRefusal(stored) ? stored : await listedChange(stored.change, ports);
};

/** The same, with its whole record. */
export const knownForLog: Gather<'log'> = async ({ change }, asker, ports) => {
  const stored = await storedChange(change, asker, ports);
  if (isRefusal(stored)) return stored;
  return { ...(await listedChange(stored.change, ports)), events: stored.events.map(redacted) };
};

/** User groups matter only while an approval waits for its start. */
function contextOf(change: Change, ports: PolicyContextPorts & { readonly policy: Policy }) {
  const people = change.state === 'approved' ? approversOf(ports.policy, change) : { users: [], groups: [] };
  return policyContext(
    people,
    change.approvers.map(({ id }) => id),
    ports,
  );
}

/** The same, with what its next step depends on. */
export const knownForWhy: Gather<'why'> = async ({ change: id }, asker, ports) => {
  const stored = await storedChange(id, asker, ports);
  if (isRefusal(stored)) return stored;
  const { change } = stored;
  const { cluster: name, verb } = change.intent;
  const of = ports.clusters.get(name);
  if (of === undefined) throw new Error(`The bot has lost the cluster ${name}.`);
  const [listed, worker, now, { toDecide }] = await Promise.all([
    listedChange(change, ports),
    of.worker.seen(),
    contextOf(change, { ...ports, ...of }),
    callsFor(change, of),
  ]);
  const until = change.planExpires === undefined ? now.at : new Date(change.planExpires);
  const held = heldBack(of.policy, change, now);
  const stop =
    stopped(of.policy, name, touchedNodes(change), now) ??
    closedFor(of.policy.verbs[verb], name, now.at, until) ??
    (held === null ? null : refuse('group-unreadable', held));
  const opens = startsAt(of.policy, change, now.at);
  const later = opens === null ? {} : { opens: opens.toISOString() };
  return { ...listed, worker: workerState(worker), stopped: stop, approvers: toDecide, ...later };
};

/** The record of a change that the asker may see. */
async function storedChange(id: ChangeId, asker: Asker, ports: AnswerPorts): Promise<StoredChange | Refusal> {
  const name = clusterOf(id);
  const hidden = await whyHidden(name, asker, ports);
  if (hidden !== null) return hidden;
  const stored = (await ports.clusters.get(name)?.changes.get(id)) ?? null;
  if (stored === null) return unknownChange(id);
  return stored.doubt === undefined ? stored : recordRefusal(id, stored.doubt, 'bot');
}
