import { timed } from '../../src/app/plan/fresh-plan.ts';
import { SaltFailed } from '../../src/domain/answers/failure.ts';
import type { FailureReport } from '../../src/domain/answers/failure-report.ts';
import { isRefusal } from '../../src/domain/answers/refusal.ts';
import { loginPerson, type Person } from '../../src/domain/change/approval.ts';
import type { Change, ChangeEvent } from '../../src/domain/change/change.ts';
import { changeFrom } from '../../src/domain/change/fold.ts';
import type { Facts } from '../../src/domain/cluster/facts.ts';
import { planDigest } from '../../src/domain/plan/digest.ts';
import type { IntentOf } from '../../src/domain/plan/intent.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import type { Hold } from '../../src/domain/policy/hold.ts';
import { planAdd } from '../../src/domain/verbs/add/plan.ts';
import type { CardView } from '../../src/slack/parts/card-view.ts';
import { addNode2, facts, finished } from '../fixtures/facts.ts';

/** Changes in every state, for cards. */

export const ALICE: Person = { id: 'U0ALICE', name: 'alice' };
export const BOB: Person = { id: 'U0BOB', name: 'bob' };
export const CAROL: Person = { id: 'U0CAROL', name: 'carol' };
export const ID = 'lab-7f3k2q';
export const at = (minute: number, second = 0): string =>
  new Date(Date.UTC(2026, 10, 22, 10, minute, second)).toISOString();
export const NOW = new Date(at(5));

export function planFrom(intent: IntentOf<'add'>, seen: Facts): Plan {
  const plan = planAdd(intent, seen, { change: ID, at: at(1), begun: false });
  if (isRefusal(plan)) throw new Error(`refused: ${plan.says}`);
  return timed(plan, 3);
}

export function changeOf(events: readonly ChangeEvent[]): Change {
  const change = changeFrom(events);
  if (change === null) throw new Error('The first event must be requested');
  return change;
}

export const requested = (
  intent: IntentOf<'add'> = { ...addNode2, reason: 'second registry before the upgrade' },
  requester: Person = ALICE,
): Extract<ChangeEvent, { readonly type: 'requested' }> => ({
  type: 'requested',
  at: at(0),
  id: ID,
  intent,
  requester,
  channel: 'C0OPS',
});

export function planned(plan: Plan = planFrom(addNode2, facts()), digestOf = plan): ChangeEvent {
  return { type: 'planned', at: at(1), plan, digest: planDigest(digestOf.approved), expires: at(31) };
}

export function approved(plan: Plan = planFrom(addNode2, facts())): ChangeEvent {
  const approval = {
    v: 1,
    change: ID,
    cluster: 'lab',
    verb: 'add',
    nodes: ['node-2'],
    digest: planDigest(plan.approved),
    requester: ALICE.id,
    approvers: [BOB.id],
    at: at(2),
    expires: at(62),
    nonce: 'n',
  } as const;
  return { type: 'approved', at: at(2), approver: BOB, signed: { approval, key: 'k', signature: 's' } };
}

export function approvedByTwo(): ChangeEvent {
  const event = approved();
  if (event.type !== 'approved') throw new Error('it is no approval');
  const approval = { ...event.signed.approval, approvers: [CAROL.id, BOB.id] };
  return { ...event, signed: { ...event.signed, approval } };
}

/** Approved by one person who broke glass. */
export function approvedAlone(breakGlass: string): ChangeEvent {
  const event = approved();
  if (event.type !== 'approved') throw new Error('it is no approval');
  return { ...event, signed: { ...event.signed, approval: { ...event.signed.approval, breakGlass } } };
}

/** Approved before its maintenance window opened. */
export function approvedFor(notBefore: string): ChangeEvent {
  const event = approved();
  if (event.type !== 'approved') throw new Error('it is no approval');
  return { ...event, signed: { ...event.signed, approval: { ...event.signed.approval, notBefore } } };
}

/** Bob has requested it at the terminal, and started it alone. */
export function atTerminal(all: readonly ChangeEvent[]): readonly ChangeEvent[] {
  const bob = loginPerson('bob');
  return all.map((event) => {
    if (event.type === 'requested') return { ...event, requester: bob, terminal: { login: 'bob', uid: 1000 } };
    if (event.type !== 'approved') return event;
    const breakGlass = 'Slack is <!here> down';
    const approval = { ...event.signed.approval, approvers: [bob.id], breakGlass };
    return { ...event, approver: bob, signed: { ...event.signed, approval } };
  });
}

/** Carol has frozen the cluster. The lock of another node blocks nothing. */
export const FROZEN: readonly Hold[] = [
  { verb: 'lock', node: 'node-9', by: BOB, at: at(1) },
  { verb: 'freeze', node: null, by: CAROL, at: at(2), reason: 'year end <!here>' },
];

export const started: ChangeEvent = { type: 'started', at: at(2, 1) };
export const done = (step: string, seconds: number, already = false, note?: string): ChangeEvent => ({
  type: 'step-done',
  at: at(3),
  step,
  already,
  seconds,
  ...(note === undefined ? {} : { note }),
});
export const running = (step: string): ChangeEvent => ({ type: 'step-started', at: at(3, 10), step });

export const DEPLOY_FAILED: FailureReport = new SaltFailed('node-2', 'state.sls metalk8s.repo.installed', {
  is: 'failed',
  failed: 1,
  skipped: 0,
  first: {
    id: 'Install repositories manifest',
    sls: 'metalk8s.repo.installed',
    name: '/etc/kubernetes/manifests/repositories.yaml',
    comment: 'Failed to import archive: ctr: failed to ingest "blobs/sha256/1f2a": no space left on device <&>',
  },
}).report();

export const untilDeploy: readonly ChangeEvent[] = [
  done('copy:node-2:metalk8s-127.0.6', 0, true),
  done('copy:node-2:metalk8s-128.0.1', 16),
  done('copy:node-2:example-solution-0.1.0', 15, false, 'resumed at 700 MB'),
  done('mount:node-2', 6),
  done('solutions:node-2', 4),
  done('other-version:node-2:metalk8s-127.0.6', 5),
];

export const base = [requested(), planned()];
export const going = [...base, approved(), started];

export const view = (events: readonly ChangeEvent[], more: Partial<CardView> = {}): CardView => ({
  change: changeOf(events),
  waitsFor: [],
  now: NOW,
  ...more,
});

/** A plan with little left to do: known host key, one archive present, an incomplete registry. */
export function halfDone(): Facts {
  const all = finished();
  const [target] = all.targets;
  if (target?.is !== 'open') throw new Error('node-2 is open');
  const files = target.files.map((file, index) =>
    index === 0 ? { ...file, is: 'absent' as const, mounted: false } : file,
  );
  return {
    ...all,
    targets: [{ ...target, hostKey: { ...target.hostKey, pinned: true }, files, mounts: [], fstab: [] }],
  };
}

/** Text with markup and control characters. */
export const HOSTILE =
  '<!channel> <@U0BOSS> & `code` *bold* \u001b[31mred\u001b[0m \u202eevil <http://x.example|click>';
