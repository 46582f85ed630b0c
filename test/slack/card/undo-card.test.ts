import { describe, expect, it } from 'vitest';
import { validateBlocks } from '../../../sandbox/slack/blocks/validate-blocks.ts';
import { timed } from '../../../src/app/plan/fresh-plan.ts';
import { isRefusal } from '../../../src/domain/answers/refusal.ts';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import type { Facts } from '../../../src/domain/cluster/facts.ts';
import { planDigest } from '../../../src/domain/plan/digest.ts';
import type { IntentOf } from '../../../src/domain/plan/intent.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import { undoneNodes } from '../../../src/domain/verbs/undo/nodes.ts';
import { planUndo } from '../../../src/domain/verbs/undo/plan.ts';
import { renderCard } from '../../../src/slack/card/card.ts';
import { repliesOf } from '../../../src/slack/card/replies.ts';
import { proofInWords } from '../../../src/slack/card/status.ts';
import type { CardView } from '../../../src/slack/parts/card-view.ts';
import type { Drawing } from '../../../src/slack/text/blocks.ts';
import { emptyTarget, facts } from '../../fixtures/facts.ts';
import { expectGolden } from '../../fixtures/golden.ts';
import {
  changeOf,
  eventsUntil,
  failedAt,
  leftByCopy,
  leftByEngines,
  PERSON,
  UNDO,
  undoIt,
  untouched,
} from '../../fixtures/undo.ts';

const at = (minute: number): string => new Date(Date.UTC(2026, 10, 22, 11, minute)).toISOString();
const BOB = { id: 'U0BOB', name: 'bob' };

function plan(): Plan {
  const planned = planUndo(
    undoIt,
    leftByEngines(),
    { change: failedAt('engines'), later: [] },
    { change: UNDO, at: at(0), begun: false },
  );
  if (isRefusal(planned)) throw new Error(planned.says);
  return timed(planned, 3);
}

const PROOF = { served: 5, expected: 5, archives: 3, engines: 4, engineTotal: 4, blobs: 0 };

/** The add copied to node-2 only. node-1 had a registry before, and on node-3 nothing was begun. */
function planOfThree(intent: IntentOf<'undo'>, one = failedAt('mount:node-2'), left: Facts = leftByCopy()): Plan {
  const before = intent.nodes.map((node) => ({ ...untouched, node, registry: node === 'node-1' }));
  const targets = [...left.targets, emptyTarget('node-1'), emptyTarget('node-3')];
  const change = { ...one, before, intent: { ...one.intent, nodes: intent.nodes } };
  const planned = planUndo(
    intent,
    { ...left, targets },
    { change, later: [] },
    { change: UNDO, at: at(0), begun: false },
  );
  if (isRefusal(planned)) throw new Error(planned.says);
  return timed(planned, 3);
}

const view = (events: readonly ChangeEvent[]): CardView => ({
  change: changeOf(events),
  waitsFor: [],
  now: new Date(at(5)),
});

const asked: readonly ChangeEvent[] = [
  { type: 'requested', at: at(0), id: UNDO, intent: undoIt, requester: PERSON, channel: 'C0OPS' },
  { type: 'planned', at: at(1), plan: plan(), digest: planDigest(plan().approved), expires: at(31) },
];
const ran: readonly ChangeEvent[] = [
  { type: 'started', at: at(2) },
  ...plan()
    .approved.steps.slice(0, 4)
    .map(({ id }): ChangeEvent => ({ type: 'step-done', at: at(3), step: id, already: false, seconds: 4 })),
];

const CASES: Readonly<Record<string, readonly [CardView, readonly string[]]>> = {
  'undo-planned': [view(asked), ['Approve', 'Deny', 'Full plan']],
  'undo-failed': [
    view([
      ...asked,
      ...ran,
      { type: 'failed', at: at(4), failure: { kind: 'command', where: 'node-2', what: 'It broke.', next: 'Mend it.' } },
    ]),
    ['Retry from here', 'Close', 'Full plan'],
  ],
  'undo-cancelled': [view([...asked, ...ran, { type: 'cancelled', at: at(4), by: PERSON }]), ['Full plan']],
  'undo-done': [
    view([
      ...asked,
      ...ran,
      {
        type: 'done',
        at: at(4),
        seconds: 100,
        proof: PROOF,
      },
    ]),
    ['Full plan'],
  ],
  undone: [
    view([
      ...eventsUntil('engines'),
      { type: 'undo-asked', at: at(0), by: BOB, change: UNDO },
      { type: 'undone', at: at(4), change: UNDO },
    ]),
    ['Full plan'],
  ],
  'undo-asked-for': [
    view([...eventsUntil('engines'), { type: 'undo-asked', at: at(0), by: BOB, change: UNDO }]),
    ['Undo', 'Full plan'],
  ],
};

const buttonsOf = ({ blocks }: Drawing) => blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));

describe('the card of an undo', () => {
  it.each(Object.entries(CASES))(
    'tells what is taken back, in words that were read by a person: %s',
    (name, [seen, buttons]) => {
      const card = renderCard(seen);
      expect(validateBlocks('message', card.blocks)).toEqual([]);
      expectGolden(`cards/${name}`, card);
      const labels = buttonsOf(card).map((button) => ('text' in button ? button.text?.text : undefined));
      expect(labels).toEqual(buttons);
    },
  );

  it('names only nodes where something is undone, and in the proof only nodes that lose their registry', () => {
    const intent = { ...undoIt, nodes: ['node-1', 'node-2', 'node-3'] };
    const approved = planOfThree(intent);
    const seen = view([
      { type: 'requested', at: at(0), id: UNDO, intent, requester: PERSON, channel: 'C0OPS' },
      { type: 'planned', at: at(1), plan: approved, digest: planDigest(approved.approved), expires: at(31) },
    ]);
    const drawn = renderCard(seen);
    expect(drawn.text).toContain(`Undo ${undoIt.undoes} on node-2 (`);
    expect(JSON.stringify(drawn.blocks)).toContain(
      `Undoes what \`${undoIt.undoes}\` did on node-2 and keeps everything`,
    );
    const ended = { ...seen.change, state: 'done' as const, proof: PROOF };
    expect(proofInWords(ended)).toMatch(/; 4\/4 engines no longer list node-2 and node-3\.$/);
    expect(JSON.stringify(renderCard({ ...seen, change: ended }).blocks)).toContain('did on node-2 is undone');
  });

  it('names the nodes to remove from the engines when nothing else is left to undo', () => {
    const intent = { ...undoIt, nodes: ['node-1', 'node-2', 'node-3'] };
    const left = { ...facts(), engines: leftByEngines().engines };
    const approved = planOfThree(intent, failedAt('deploy:node-2'), left);
    expect(approved.approved.steps.map(({ kind }) => kind)).toEqual(['engines', 'prove-undone']);
    const { change } = view(asked);
    expect(undoneNodes({ ...change, intent, plan: approved })).toEqual(['node-2', 'node-3']);
  });

  it('posts one reply per undo in the thread of the undone change', () => {
    const [seen] = CASES['undo-asked-for'] ?? [];
    if (seen === undefined) throw new Error('there is such a case');
    expect(repliesOf(seen.change).at(-1)).toEqual({
      name: `undo-${UNDO}`,
      text: `<@U0BOB> requested an undo. Change ${UNDO} has its own card.`,
      broadcast: false,
    });
  });
});
