import { describe, it } from 'vitest';
import { refuse } from '../../../src/domain/answers/refusal.ts';
import type { DryRun } from '../../../src/domain/questions/plan/dry-run.ts';
import { plan } from '../../../src/domain/questions/plan/plan.ts';
import type { PlanKnown, PlanPhase } from '../../../src/domain/questions/plan/view.ts';
import { PLAIN } from '../../../src/domain/text/markup.ts';
import { PLANNED, REFUSED } from '../../contract/dry-runs.contract.ts';
import { expectGolden } from '../../fixtures/golden.ts';

const INTENT = { ...PLANNED.intent, reason: 'the “new” disk of "node-2"' };
const said = (phase: PlanPhase, changes: Partial<PlanKnown> = {}) =>
  plan.answer({ intent: INTENT, phase, notNow: null, ...changes }, PLAIN).split('\n');
const answered = (dryRun: DryRun, changes: Partial<PlanKnown> = {}) =>
  said({ is: 'answered', dryRun }, { intent: dryRun.intent, ...changes });
const FROZEN = refuse('frozen', 'The cluster lab is frozen by bob.', 'bob can lift it.');
const AWAY = {
  kind: 'unreachable',
  where: 'Kubernetes',
  what: 'Inspecting the cluster failed: Kubernetes does not answer. Nothing was changed.',
  next: 'Check kube-apiserver.',
};

describe('the answers of plan', () => {
  it('stay as reviewed', () => {
    const since = '2026-11-22T09:00:00.000Z';
    const undo = { verb: 'undo', undoes: 'lab-7f3k2q', cluster: 'lab', nodes: ['node-2'] } as const;
    expectGolden('plan/answers', {
      asked: said({ is: 'asked', request: 'r' }),
      planned: answered(PLANNED, { intent: INTENT }),
      'planned during a freeze': answered(PLANNED, { notNow: FROZEN }),
      'refused while a change runs': answered(REFUSED),
      'an undo': answered({ ...REFUSED, intent: undo, during: null }),
      'every registry': answered({ ...REFUSED, intent: { verb: 'sync', cluster: 'lab', nodes: [] }, during: null }),
      failed: answered({ ...PLANNED, found: { is: 'failed', failure: AWAY } }),
      busy: said({ is: 'busy' }),
      'silent for an hour': said({ is: 'worker-away', worker: { is: 'silent', since } }),
      'never heard': said({ is: 'worker-away', worker: { is: 'silent', since: null } }),
      'a heartbeat of nobody': said({ is: 'worker-away', worker: { is: 'unverified' } }),
      'a heartbeat of a newer version': said({ is: 'worker-away', worker: { is: 'newer' } }),
      late: said({ is: 'lost', why: 'late' }),
      silent: said({ is: 'lost', why: 'silent' }),
      unverified: said({ is: 'lost', why: 'unverified' }),
      newer: said({ is: 'lost', why: 'newer' }),
      other: said({ is: 'lost', why: 'other' }),
    });
  });
});
