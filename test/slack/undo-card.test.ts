import { describe, expect, it } from 'vitest';
import type { ChangeEvent } from '../../src/domain/change.ts';
import { planDigest } from '../../src/domain/digest.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { isRefusal } from '../../src/domain/refusal.ts';
import { planUndo } from '../../src/domain/undo-planner.ts';
import { validateBlocks } from '../../src/sandbox/slack/blocks/validate-blocks.ts';
import type { Drawing } from '../../src/slack/bot-ports.ts';
import { renderCard } from '../../src/slack/card.ts';
import type { CardView } from '../../src/slack/card-view.ts';
import { repliesOf } from '../../src/slack/replies.ts';
import { expectGolden } from '../fixtures/golden.ts';
import { changeOf, eventsUntil, failedAt, leftByEngines, PERSON, UNDO, undoIt } from '../fixtures/undo.ts';

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
  return planned;
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
  'undo-planned': [view(asked), ['Approve', 'Deny']],
  'undo-failed': [
    view([
      ...asked,
      ...ran,
      { type: 'failed', at: at(4), failure: { kind: 'command', where: 'node-2', what: 'It broke.', next: 'Mend it.' } },
    ]),
    ['Retry from here', 'Cancel'],
  ],
  'undo-cancelled': [view([...asked, ...ran, { type: 'cancelled', at: at(4), by: PERSON }]), []],
  'undo-done': [
    view([
      ...asked,
      ...ran,
      {
        type: 'done',
        at: at(4),
        seconds: 100,
        proof: { served: 5, expected: 5, archives: 3, engines: 4, engineTotal: 4, blobs: 0 },
      },
    ]),
    [],
  ],
  undone: [
    view([
      ...eventsUntil('engines'),
      { type: 'undo-asked', at: at(0), by: BOB, change: UNDO },
      { type: 'undone', at: at(4), change: UNDO },
    ]),
    [],
  ],
  'undo-asked-for': [
    view([...eventsUntil('engines'), { type: 'undo-asked', at: at(0), by: BOB, change: UNDO }]),
    ['Undo'],
  ],
};

const buttonsOf = ({ blocks }: Drawing) => blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));

describe('the card of an undo', () => {
  it.each(Object.entries(CASES))(
    'tells what is taken back, in words that were read by a person: %s',
    (name, [seen, buttons]) => {
      const card = renderCard(seen, 'plan');
      expect(validateBlocks('message', card.blocks)).toEqual([]);
      expectGolden(`cards/${name}.plan`, card);
      const labels = buttonsOf(card).map((button) => ('text' in button ? button.text?.text : undefined));
      expect(labels).toEqual(buttons);
    },
  );

  it('tells the thread of the undone change where its undo is, once for each', () => {
    const [seen] = CASES['undo-asked-for'] ?? [];
    if (seen === undefined) throw new Error('there is such a case');
    expect(repliesOf(seen.change).at(-1)).toEqual({
      name: `undo-${UNDO}`,
      text: `<@U0BOB> asked to undo this: change ${UNDO} has a card of its own.`,
      broadcast: false,
    });
  });
});
