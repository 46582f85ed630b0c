import { expect, it } from 'vitest';
import { timed } from '../../../src/app/plan/fresh-plan.ts';
import { isRefusal } from '../../../src/domain/answers/refusal.ts';
import { touchedNodes } from '../../../src/domain/policy/hold.ts';
import { planAdd } from '../../../src/domain/verbs/add/plan.ts';
import { addNode2, facts } from '../../fixtures/facts.ts';

it('a change touches the nodes that it names and nodes whose engines it restarts, but no pod', () => {
  const plan = planAdd(addNode2, facts(), { change: 'lab-7f3k2q', at: '2026-11-22T10:00:00.000Z', begun: false });
  if (isRefusal(plan)) throw new Error(`refused: ${plan.says}`);
  const touched = touchedNodes({ intent: addNode2, plan: timed(plan, 3) });
  expect(touched.toSorted()).toEqual(['bootstrap', 'node-1', 'node-2', 'node-3']);
});
