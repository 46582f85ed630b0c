import { stopped, Unreachable } from '../../src/domain/answers/failure.ts';
import { refuse } from '../../src/domain/answers/refusal.ts';
import type { ChangeEvent } from '../../src/domain/change/change.ts';
import { NOTHING_HELD } from '../../src/domain/policy/active-holds.ts';
import type { CardView } from '../../src/slack/parts/card-view.ts';
import { addNode2 } from '../fixtures/facts.ts';
import {
  ALICE,
  approved,
  approvedAlone,
  approvedByTwo,
  approvedFor,
  at,
  atTerminal,
  BOB,
  base,
  CAROL,
  changeOf,
  DEPLOY_FAILED,
  done,
  FROZEN,
  going,
  HOSTILE,
  halfDone,
  planFrom,
  planned,
  requested,
  running,
  started,
  untilDeploy,
  view,
} from './card-events.ts';

const DONE: readonly ChangeEvent[] = [
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
    proof: { served: 5, expected: 5, archives: 3, engines: 4, engineTotal: 4, blobs: 21, bytes: 1_200_000_000 },
  },
];

/** Changes in every state, for cards. */
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
  'planned-while-frozen': view(base, { activeHolds: { holds: FROZEN, freeze: null } }),
  'planned-while-frozen-by-nobody-known': view(base, {
    activeHolds: { holds: [{ unread: 'unsigned', entry: 'digest', as: 'other' }], freeze: null },
  }),
  'planned-before-its-window': view(base, { activeHolds: { ...NOTHING_HELD, opens: at(20) } }),
  'approved-for-its-window': view([...base, approvedFor(at(20))]),
  'planned-with-break-glass': view(base, { activeHolds: { ...NOTHING_HELD, mayBreakGlass: true } }),
  'glass-broken': view([...base, approvedAlone('the bootstrap node is dying <!here>'), started]),
  'planned-beside-another': view(base, { rivals: [{ ...changeOf(base), id: 'lab-abc123' }] }),
  'planned-beside-a-started-one': view(base, { rivals: [{ ...changeOf([...base, approved()]), id: 'lab-abc123' }] }),
  'planned-too-late': view(base, { now: new Date(at(40)) }),
  unverified: view(base, { doubt: { is: 'unsigned', entries: [3, 4] } }),
  'unverified-request': view(base, { doubt: { is: 'unsigned', entries: [1, 2, 3, 4, 5, 6, 7] } }),
  'newer-version': view(base, { doubt: { is: 'newer', entries: [2] } }),
  'newer-version-request': view(base, { doubt: { is: 'newer', entries: [1, 2] } }),
  refused: view([
    requested(),
    {
      type: 'refused',
      at: at(1),
      refusal: refuse(
        'no-space',
        'node-2 needs 4.5 GB on /srv, but 1.2 GB are free.',
        'Free 3.3 GB there, then run the command again.',
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
        'The cluster has changed since the plan was shown: the version is different.',
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
        'The approval was revoked before the start: the approval of bob no longer counts.',
        'Request the change again.',
      ),
    },
  ]),
  'approved-held-back': view([...base, approved()], {
    activeHolds: { ...NOTHING_HELD, heldBack: 'It waits until the bot can read the user group S1 (<no answer>).' },
  }),
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
  'failed-with-an-old-plan': view([
    ...going,
    ...untilDeploy,
    { type: 'failed', at: at(4), failure: stopped(refuse('plan-stale', 'The cluster has changed.')).report() },
  ]),
  'failed-before-a-plan': view([
    requested(),
    {
      type: 'failed',
      at: at(1),
      failure: new Unreachable('lab', 'kubernetes', 'The Kubernetes API does not answer.').report(),
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
  'done-at-the-terminal': view(atTerminal(DONE)),
  done: view(DONE),
  hostile: view([
    requested({ ...addNode2, reason: HOSTILE }, { id: '<!here>', name: HOSTILE }),
    {
      type: 'failed',
      at: at(1),
      failure: { kind: 'command', where: HOSTILE, what: HOSTILE, next: HOSTILE, detail: `${HOSTILE}\nsecond line` },
    },
  ]),
};
