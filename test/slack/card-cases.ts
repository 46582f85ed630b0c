import type { Person } from '../../src/domain/approval.ts';
import type { Change, ChangeEvent, FailureReport } from '../../src/domain/change.ts';
import { planDigest } from '../../src/domain/digest.ts';
import type { Facts } from '../../src/domain/facts.ts';
import { changeFrom } from '../../src/domain/fold.ts';
import type { Hold } from '../../src/domain/hold.ts';
import type { Intent, Plan } from '../../src/domain/plan.ts';
import { planAdd } from '../../src/domain/planner.ts';
import { isRefusal, refuse } from '../../src/domain/refusal.ts';
import type { CardView } from '../../src/slack/card-view.ts';
import { addNode2, facts, finished } from '../fixtures/facts.ts';

/** Changes in every state, as the card draws them. */

export const ALICE: Person = { id: 'U0ALICE', name: 'alice' };
export const BOB: Person = { id: 'U0BOB', name: 'bob' };
const CAROL: Person = { id: 'U0CAROL', name: 'carol' };
export const ID = 'lab-7f3k2q';
const at = (minute: number, second = 0): string => new Date(Date.UTC(2026, 10, 22, 10, minute, second)).toISOString();
export const NOW = new Date(at(5));

export function planFrom(intent: Intent, seen: Facts): Plan {
  const plan = planAdd(intent, seen, { change: ID, at: at(1), begun: false });
  if (isRefusal(plan)) throw new Error(`refused: ${plan.says}`);
  return plan;
}

export function changeOf(events: readonly ChangeEvent[]): Change {
  const change = changeFrom(events);
  if (change === null) throw new Error('The first event must be requested');
  return change;
}

export const requested = (
  intent: Intent = { ...addNode2, reason: 'second registry before the upgrade' },
  requester: Person = ALICE,
): ChangeEvent => ({
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
    approver: BOB.id,
    at: at(2),
    expires: at(62),
    nonce: 'n',
  } as const;
  return { type: 'approved', at: at(2), approver: BOB, signed: { approval, key: 'k', signature: 's' } };
}

function approvedByTwo(): ChangeEvent {
  const event = approved();
  if (event.type !== 'approved' || event.signed.approval.v !== 1) throw new Error('it is the old form');
  const { approver, ...shared } = event.signed.approval;
  const approval = { ...shared, v: 2, approvers: [CAROL.id, approver] } as const;
  return { ...event, signed: { ...event.signed, approval } };
}

/** Carol has frozen the cluster; the lock of another node is in nobody's way. */
const FROZEN: readonly Hold[] = [
  { verb: 'lock', node: 'node-9', by: BOB, at: at(1) },
  { verb: 'freeze', node: null, by: CAROL, at: at(2), reason: 'year end <!here>' },
];

const started: ChangeEvent = { type: 'started', at: at(2, 1) };
const done = (step: string, seconds: number, already = false, note?: string): ChangeEvent => ({
  type: 'step-done',
  at: at(3),
  step,
  already,
  seconds,
  ...(note === undefined ? {} : { note }),
});
const running = (step: string): ChangeEvent => ({ type: 'step-started', at: at(3, 10), step });

const DEPLOY_FAILED: FailureReport = {
  kind: 'salt-failed',
  where: 'node-2',
  what: 'The Salt state “Install repositories manifest” of metalk8s.repo.installed failed.',
  next: 'Mend what the comment names on that node, then ask for the change again: what is done stays done.',
  detail: 'Failed to import archive: ctr: failed to ingest "blobs/sha256/1f2a": no space left on device <&>',
};

const untilDeploy: readonly ChangeEvent[] = [
  done('copy:node-2:metalk8s-127.0.6', 0, true),
  done('copy:node-2:metalk8s-128.0.1', 16),
  done('copy:node-2:example-solution-0.1.0', 15, false, 'resumed at 700 MB'),
  done('mount:node-2', 6),
  done('solutions:node-2', 4),
  done('other-version:node-2:metalk8s-127.0.6', 5),
];

const base = [requested(), planned()];
const going = [...base, approved(), started];

const view = (events: readonly ChangeEvent[], more: Partial<CardView> = {}): CardView => ({
  change: changeOf(events),
  waitsFor: [],
  now: NOW,
  ...more,
});

/** A plan that has little left to do: known key, one archive there, a half-finished registry. */
function halfDone(): Facts {
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

/** Text that tries to be more than text. */
const HOSTILE = '<!channel> <@U0BOSS> & `code` *bold* \u001b[31mred\u001b[0m \u202eevil <http://x.example|click>';

export const CASES: Readonly<Record<string, CardView>> = {
  requested: view([requested(addNode2)]),
  'requested-waits': view([requested()], { waitsFor: ['lab-abc123'] }),
  planned: view(base),
  'planned-half-done': view([requested(addNode2), planned(planFrom(addNode2, halfDone()))]),
  'planned-one-of-two': view([
    requested(),
    planned(),
    { type: 'voted', at: at(2), by: BOB, counts: [BOB.id], needed: 2 },
  ]),
  'planned-while-frozen': view(base, { standstill: { holds: FROZEN, freeze: null } }),
  'planned-too-late': view(base, { now: new Date(at(40)) }),
  unproven: view(base, { unproven: [3, 4] }),
  'unproven-request': view(base, { unproven: [1, 2, 3, 4, 5, 6, 7] }),
  refused: view([
    requested(),
    {
      type: 'refused',
      at: at(1),
      refusal: refuse(
        'no-space',
        'node-2 needs 4.5 GB on /srv, but 1.2 GB are free.',
        'Free 3.3 GB there, then ask again.',
      ),
    },
  ]),
  'refused-on-the-way': view([
    ...going,
    ...untilDeploy,
    {
      type: 'refused',
      at: at(4),
      refusal: refuse(
        'plan-stale',
        'The cluster has changed since the plan was shown: the version is another one.',
        'Ask for a new plan.',
      ),
    },
  ]),
  approved: view([...base, approved()]),
  'approved-by-two': view([
    ...base,
    { type: 'voted', at: at(2), by: CAROL, counts: [CAROL.id], needed: 2 },
    approvedByTwo(),
  ]),
  'approval-taken-back': view([
    ...base,
    approved(),
    {
      type: 'refused',
      at: at(3),
      refusal: refuse(
        'approval-withdrawn',
        'The approval was taken back before the start: the approval of bob does not count any more.',
        'Ask for the change again.',
      ),
    },
  ]),
  'approved-waits': view([...base, approved()], { waitsFor: ['lab-abc123', 'lab-def456'] }),
  'applying-copies': view(
    [...going, done('copy:node-2:metalk8s-127.0.6', 0, true), running('copy:node-2:metalk8s-128.0.1')],
    {
      progress: [
        {
          step: 'copy:node-2:metalk8s-128.0.1',
          at: at(4),
          done: 990_000_000,
          total: 1_500_000_000,
          unit: 'bytes',
          rate: 95_000_000,
          secondsLeft: 5,
        },
      ],
    },
  ),
  'applying-engines': view(
    [...going, ...untilDeploy, done('deploy:node-2', 62), done('ready:node-2', 9), running('engines')],
    {
      progress: [{ step: 'engines', at: at(4), done: 3, total: 4, unit: 'nodes', note: 'still running on bootstrap' }],
    },
  ),
  'failed-in-a-state': view([
    ...going,
    ...untilDeploy,
    running('deploy:node-2'),
    { type: 'step-failed', at: at(4), step: 'deploy:node-2', seconds: 41, failure: DEPLOY_FAILED },
    { type: 'failed', at: at(4), failure: DEPLOY_FAILED },
  ]),
  'failed-before-a-plan': view([
    requested(),
    {
      type: 'failed',
      at: at(1),
      failure: {
        kind: 'kubernetes',
        where: 'lab',
        what: 'The Kubernetes API does not answer.',
        next: 'Mend the connection and ask for the change again: what is done stays done.',
      },
    },
  ]),
  'failed-for-good': view(
    [
      ...going,
      ...untilDeploy,
      { type: 'step-failed', at: at(4), step: 'deploy:node-2', seconds: 41, failure: DEPLOY_FAILED },
      { type: 'failed', at: at(4), failure: DEPLOY_FAILED },
    ],
    { now: new Date(at(40)) },
  ),
  'retried-after-a-failure': view([
    ...going,
    ...untilDeploy,
    { type: 'step-failed', at: at(4), step: 'deploy:node-2', seconds: 41, failure: DEPLOY_FAILED },
    { type: 'failed', at: at(4), failure: DEPLOY_FAILED },
    approved(),
    running('deploy:node-2'),
  ]),
  'stopping-at-the-next-safe-point': view([
    ...going,
    ...untilDeploy,
    running('deploy:node-2'),
    { type: 'cancel-requested', at: at(4), by: ALICE },
  ]),
  cancelled: view([
    ...going,
    ...untilDeploy,
    { type: 'cancel-requested', at: at(4), by: ALICE },
    { type: 'cancelled', at: at(4), by: ALICE },
  ]),
  denied: view([...base, { type: 'denied', at: at(2), by: BOB }]),
  expired: view([...base, { type: 'expired', at: at(31) }]),
  done: view([
    ...going,
    ...untilDeploy,
    done('deploy:node-2', 62),
    done('ready:node-2', 9),
    done('engines', 71, false, '4/4 nodes'),
    done('verify', 8),
    {
      type: 'done',
      at: at(5, 21),
      seconds: 200,
      proof: { served: 5, expected: 5, archives: 3, engines: 4, engineTotal: 4, blobs: 21 },
    },
  ]),
  hostile: view([
    requested({ ...addNode2, reason: HOSTILE }, { id: '<!here>', name: HOSTILE }),
    {
      type: 'failed',
      at: at(1),
      failure: { kind: 'command', where: HOSTILE, what: HOSTILE, next: HOSTILE, detail: `${HOSTILE}\nsecond line` },
    },
  ]),
};
