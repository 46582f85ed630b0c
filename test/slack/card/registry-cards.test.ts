import { describe, expect, it } from 'vitest';
import { validateBlocks } from '../../../sandbox/slack/blocks/validate-blocks.ts';
import { timed } from '../../../src/app/plan/fresh-plan.ts';
import { isRefusal, type Refusal } from '../../../src/domain/answers/refusal.ts';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import { planDigest } from '../../../src/domain/plan/digest.ts';
import type { Intent } from '../../../src/domain/plan/intent.ts';
import type { Plan, UntimedPlan } from '../../../src/domain/plan/plan.ts';
import { planDrill } from '../../../src/domain/verbs/drill/plan.ts';
import { planRemove } from '../../../src/domain/verbs/remove/plan.ts';
import { planSync } from '../../../src/domain/verbs/sync/plan.ts';
import { renderCard } from '../../../src/slack/card/card.ts';
import type { CardView } from '../../../src/slack/parts/card-view.ts';
import type { Drawing } from '../../../src/slack/text/blocks.ts';
import { facts, finished } from '../../fixtures/facts.ts';
import { expectGolden } from '../../fixtures/golden.ts';
import { changeOf, leftByEngines, PERSON } from '../../fixtures/undo.ts';

const ID = 'lab-7f3k2q';
const at = (minute: number): string => new Date(Date.UTC(2026, 10, 22, 11, minute)).toISOString();
const when = { change: ID, at: at(0), begun: false };

function timedPlan(plan: UntimedPlan | Refusal): Plan {
  if (isRefusal(plan)) throw new Error(plan.says);
  return timed(plan, 3);
}

const remove: Intent = { verb: 'remove', cluster: 'lab', nodes: ['node-2'], last: true, reason: 'node-2 is replaced' };
const sync: Intent = { verb: 'sync', cluster: 'lab', nodes: [] };
const REMOVAL = timedPlan(
  planRemove({ verb: 'remove', cluster: 'lab', nodes: ['node-2'], last: true }, leftByEngines(), when),
);
/** Not every engine lists the registry. */
const SYNC = timedPlan(planSync({ verb: 'sync', cluster: 'lab', nodes: ['node-2'] }, leftByEngines(), [], when));

const drill: Intent = { verb: 'drill', cluster: 'lab', nodes: ['node-2'], reason: 'before the upgrade' };
const DRILL = timedPlan(planDrill({ verb: 'drill', cluster: 'lab', nodes: ['node-2'] }, finished(), when));

/** The node of the only other registry was deleted. */
const ENGINES = timedPlan(
  planSync(
    { verb: 'sync', cluster: 'lab', nodes: [] },
    facts({
      targets: [],
      engines: facts().engines.map(({ node }) => ({
        node,
        is: 'known',
        endpoints: ['http://10.200.3.11:8080', 'http://10.200.3.99:8080'],
      })),
    }),
    [],
    when,
  ),
);

const view = (intent: Intent, plan: Plan | null, ...more: readonly ChangeEvent[]): CardView => ({
  change: changeOf([
    { type: 'requested', at: at(0), id: ID, intent, requester: PERSON, channel: 'C0OPS' },
    ...(plan === null
      ? []
      : [{ type: 'planned' as const, at: at(1), plan, digest: planDigest(plan.approved), expires: at(31) }]),
    ...more,
  ]),
  waitsFor: [],
  now: new Date(at(5)),
});

const ran = (plan: Plan): readonly ChangeEvent[] => [
  { type: 'started', at: at(2) },
  ...plan.approved.steps.slice(0, 2).flatMap(({ id }): readonly ChangeEvent[] => [
    { type: 'step-started', at: at(3), step: id },
    { type: 'step-done', at: at(3), step: id, already: false, seconds: 4 },
  ]),
];
const failed: ChangeEvent = {
  type: 'failed',
  at: at(4),
  failure: { kind: 'command', where: 'node-2', what: 'It broke.', next: 'Fix it.' },
};
const done: Extract<ChangeEvent, { readonly type: 'done' }> = {
  type: 'done',
  at: at(4),
  seconds: 100,
  proof: { served: 5, expected: 5, archives: 3, engines: 4, engineTotal: 4, blobs: 9, bytes: 9_000_000 },
};

const drilled: ChangeEvent = {
  ...done,
  proof: {
    ...done.proof,
    drilled: {
      awaySeconds: 43,
      image: 'metalk8s-128.0.1/metalk8s-utils:128.0.1',
      engine: 'node-1',
      through: ['node-2'],
    },
  },
};

const CASES: Readonly<Record<string, readonly [CardView, readonly string[]]>> = {
  'remove-planned': [view(remove, REMOVAL), ['Approve', 'Deny', 'Full plan']],
  'remove-failed': [view(remove, REMOVAL, ...ran(REMOVAL), failed), ['Retry from here', 'Close', 'Full plan']],
  'remove-cancelled': [
    view(remove, REMOVAL, ...ran(REMOVAL), { type: 'cancelled', at: at(4), by: PERSON }),
    ['Full plan'],
  ],
  'remove-done': [view(remove, REMOVAL, ...ran(REMOVAL), done), ['Full plan']],
  'drill-planned': [view(drill, DRILL), ['Approve', 'Deny', 'Full plan']],
  'drill-failed': [view(drill, DRILL, ...ran(DRILL), failed), ['Retry from here', 'Close', 'Full plan']],
  'drill-done': [view(drill, DRILL, ...ran(DRILL), drilled), ['Full plan']],
  'sync-requested': [view(sync, null), []],
  'sync-planned': [view(sync, SYNC), ['Approve', 'Deny', 'Full plan']],
  'sync-engines-planned': [view(sync, ENGINES), ['Approve', 'Deny', 'Full plan']],
  'sync-engines-done': [view(sync, ENGINES, ...ran(ENGINES), done), ['Full plan']],
  'sync-done': [view(sync, SYNC, ...ran(SYNC), done), ['Full plan']],
};

const labelsOf = ({ blocks }: Drawing) =>
  blocks
    .flatMap((block) => (block.type === 'actions' ? block.elements : []))
    .map((button) => ('text' in button ? button.text?.text : undefined));

describe('the card of a removal, a drill or a sync', () => {
  it.each(Object.entries(CASES))(
    'has the words that a person has read, and no button that is only refused: %s',
    (name, [seen, buttons]) => {
      const card = renderCard(seen);
      expect(validateBlocks('message', card.blocks)).toEqual([]);
      expectGolden(`cards/${name}`, card);
      expect(labelsOf(card)).toEqual(buttons);
    },
  );

  it('names the nodes of the plan, also if the request named none', () => {
    expect(renderCard(view(sync, null)).text).toContain('Sync every registry');
    expect(renderCard(view(sync, SYNC)).text).toContain('Sync the registry of node-2');
  });
});
