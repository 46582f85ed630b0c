import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateBlocks } from '../../../sandbox/slack/blocks/validate-blocks.ts';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import { renderCard } from '../../../src/slack/card/card.ts';
import { stepList } from '../../../src/slack/card/step-list.ts';
import { ACTIONS } from '../../../src/slack/parts/buttons.ts';
import type { CardView } from '../../../src/slack/parts/card-view.ts';
import type { Drawing } from '../../../src/slack/text/blocks.ts';
import { ALL_BLOCKS_LIMIT, BLOCKS_LIMIT } from '../../../src/slack/text/fit.ts';
import { addNode2, emptyTarget, finished } from '../../fixtures/facts.ts';
import { expectGolden } from '../../fixtures/golden.ts';
import { CASES } from '../card-cases.ts';
import { approved, changeOf, NOW, planFrom, planned, requested } from '../card-events.ts';
import { largePlan } from '../large-plan.ts';

const STYLES = ['plan', 'classic'] as const;
const lists = Object.entries(CASES).flatMap(([name, view]) =>
  stepList(view, 'plan') === null ? [] : STYLES.map((style) => [name, style, view] as const),
);

function expectSlackTakesIt({ text, blocks }: Drawing): void {
  expect(validateBlocks('message', blocks)).toEqual([]);
  expect(blocks.length).toBeLessThanOrEqual(BLOCKS_LIMIT);
  expect(JSON.stringify(blocks).length).toBeLessThanOrEqual(ALL_BLOCKS_LIMIT);
  expect(text.length).toBeLessThan(4000);
  expect(text).not.toBe('');
}

const buttonsOf = ({ blocks }: Drawing) => blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));

/** The buttons of each case; none where it is missing. */
const BUTTONS: Readonly<Record<string, readonly string[]>> = {
  planned: ['Approve', 'Deny', 'Full plan'],
  'planned-half-done': ['Approve', 'Deny', 'Full plan'],
  'planned-one-of-two': ['Approve', 'Deny', 'Full plan'],
  'planned-while-frozen': ['Approve', 'Deny', 'Unfreeze', 'Full plan'],
  'planned-while-frozen-by-nobody-known': ['Approve', 'Deny', 'Unfreeze', 'Full plan'],
  'planned-before-its-window': ['Approve', 'Deny', 'Full plan'],
  'approved-for-its-window': ['Cancel', 'Full plan'],
  'planned-with-break-glass': ['Approve', 'Deny', 'Break glass', 'Full plan'],
  'glass-broken': ['Cancel', 'Full plan'],
  'planned-beside-another': ['Approve', 'Deny', 'Full plan'],
  'planned-beside-a-started-one': ['Approve', 'Deny', 'Full plan'],
  'approved-by-two': ['Cancel', 'Full plan'],
  approved: ['Cancel', 'Full plan'],
  'approved-held-back': ['Cancel', 'Full plan'],
  'approved-waits': ['Cancel', 'Full plan'],
  'applying-copies': ['Cancel', 'Full plan'],
  'applying-engines': ['Cancel', 'Full plan'],
  'retried-after-a-failure': ['Cancel', 'Full plan'],
  'failed-in-a-state': ['Retry from here', 'Close', 'Undo', 'Full plan'],
  'failed-with-an-old-plan': ['Check again', 'Close', 'Undo', 'Full plan'],
  'failed-for-good': ['Undo', 'Full plan'],
  'stopping-at-the-next-safe-point': ['Full plan'],
  done: ['Full plan'],
  'done-at-the-terminal': ['Full plan'],
  cancelled: ['Undo', 'Full plan'],
  refused: ['Check again'],
  'refused-on-the-way': ['Check again'],
  denied: ['Check again'],
  expired: ['Check again'],
  'planned-too-late': ['Check again'],
  'approval-taken-back': ['Check again'],
};

/** The card, and the list of steps in both styles. */
const drawingsOf = (view: CardView, limit = ALL_BLOCKS_LIMIT): readonly Drawing[] => [
  renderCard(view, limit),
  ...STYLES.flatMap((style) => stepList(view, style, limit) ?? []),
];

describe('the list of steps in the thread', () => {
  it.each(lists)('shows every step, in words that a person has read: %s (%s)', (name, style, view) => {
    const list = stepList(view, style);
    if (list === null) throw new Error('There are steps.');
    expectSlackTakesIt(list);
    expectGolden(`step-lists/${name}.${style}`, list);
  });

  it('appears with the first step', () => {
    const without = Object.keys(CASES).filter((name) => !lists.some(([one]) => one === name));
    expect(without).toEqual(expect.arrayContaining(['planned', 'approved', 'approved-waits', 'refused', 'denied']));
    expect(lists.map(([name]) => name)).toEqual(
      expect.arrayContaining(['applying-copies', 'failed-in-a-state', 'done']),
    );
  });
});

describe('the card of a change', () => {
  it.each(Object.entries(CASES))(
    'tells an operator how it stands, in words that a person has read: %s',
    (name, view) => {
      const card = renderCard(view);
      expectSlackTakesIt(card);
      expectGolden(`cards/${name}`, card);
    },
  );

  it.each(Object.entries(CASES))('has decision buttons only while a decision counts: %s', (name, view) => {
    const labels = buttonsOf(renderCard(view)).map((button) => ('text' in button ? button.text?.text : undefined));
    expect(labels).toEqual(BUTTONS[name] ?? []);
  });

  it('names only nodes that receive a copy as targets of copies', () => {
    const intent = { ...addNode2, nodes: ['node-2', 'node-3'] };
    const whole = finished();
    const plan = planFrom(intent, { ...whole, targets: [...whole.targets, emptyTarget('node-3')] });
    const view = { change: changeOf([requested(intent), planned(plan)]), waitsFor: [], now: NOW };
    expect(JSON.stringify(renderCard(view).blocks)).toContain('Copies 3 files (4.5 GB) to node-3; ');
  });

  it('prevents foreign text from mentioning, linking, colouring or reordering anything', () => {
    const view = CASES['hostile'];
    if (view === undefined) throw new Error('there is a hostile case');
    for (const { text, blocks } of drawingsOf(view)) {
      const mrkdwn = [
        text,
        ...blocks.flatMap((block) => (block.type === 'section' ? [block.text?.text ?? ''] : [])),
      ].join('\n');
      expect(mrkdwn).not.toMatch(/<[!@#]|<http/);
      expect(JSON.stringify(blocks)).not.toMatch(/\\u001b|\u202e/);
    }
  });
});

const SIZES = [
  [1, 30],
  [3, 3],
  [20, 3],
  [20, 30],
  [40, 30],
] as const;

describe('the card of a change that is too large for one message', () => {
  it.each(SIZES)('fits into one message: %d nodes, %d archives', (nodes, archives) => {
    for (const view of largeViews(nodes, archives)) for (const drawing of drawingsOf(view)) expectSlackTakesIt(drawing);
  });

  it('fits whatever the number of nodes and archives, the length of names and words, and the limit', () => {
    const size = fc.record({
      nodes: fc.integer({ min: 1, max: 20 }),
      archives: fc.integer({ min: 1, max: 30 }),
      name: fc.integer({ min: 0, max: 253 }),
      words: fc.integer({ min: 1, max: 4_000 }),
      limit: fc.constantFrom(11_000, 5_500),
    });
    const largest = { nodes: 20, archives: 30, name: 253, words: 4_000, limit: 5_500 };
    fc.assert(
      fc.property(size, ({ nodes, archives, name, words, limit }) => {
        for (const view of largeViews(nodes, archives, name, words)) {
          for (const drawing of drawingsOf(view, limit)) {
            expect(JSON.stringify(drawing.blocks).length).toBeLessThanOrEqual(limit);
            expectSlackTakesIt(drawing);
          }
          expect(buttonsOf(renderCard(view, limit)).length).toBe(buttonsOf(renderCard(view)).length);
        }
      }),
      { numRuns: 15, examples: [[largest], [{ ...largest, limit: 11_000 }]] },
    );
  });

  it('says what it leaves out, and keeps its buttons', () => {
    const [view] = largeViews(20, 30);
    if (view === undefined) throw new Error('there is a view');
    const card = renderCard(view);
    const drawn = JSON.stringify(card);
    expectGolden('cards/large-planned', card);
    expect(drawn).toContain('Approving pins 20 new SSH host keys');
    expect(buttonsOf(card)).toHaveLength(3);
  });

  it('still shows the failed step', () => {
    const failed = largeViews(20, 30).at(-1);
    if (failed === undefined) throw new Error('there is a failed view');
    expectGolden('cards/large-failed', renderCard(failed));
    const list = stepList(failed, 'plan');
    expectGolden('step-lists/large-failed.plan', list);
    expect(JSON.stringify(list)).toContain('"status":"error"');
  });
});

/** Planned, running and failed changes. */
function largeViews(nodes: number, archives: number, nameLength = 0, words = 900): readonly CardView[] {
  const { intent, plan } = largePlan(nodes, archives, nameLength);
  const before = [requested(intent), planned(plan)];
  const step = plan.approved.steps[7]?.id ?? '';
  const failure = {
    kind: 'x',
    where: 'storage-node-1',
    what: 'w'.repeat(words),
    next: 'n'.repeat(words),
    detail: '<'.repeat(2000),
  };
  const finished = plan.approved.steps
    .slice(0, 7)
    .map(({ id }): ChangeEvent => ({ type: 'step-done', at: NOW.toISOString(), step: id, already: false, seconds: 3 }));
  const going: readonly ChangeEvent[] = [
    ...before,
    approved(plan),
    { type: 'started', at: NOW.toISOString() },
    ...finished,
  ];
  const last: readonly ChangeEvent[] = [
    { type: 'step-failed', at: NOW.toISOString(), step, seconds: 1, failure },
    { type: 'failed', at: NOW.toISOString(), failure },
  ];
  return [before, going, [...going, ...last]].map((events) => ({ change: changeOf(events), waitsFor: [], now: NOW }));
}

describe('any state of a change', () => {
  it.each([
    ['approved', 'Keep it', 'It ends at once', 'Cancel it'],
    ['applying-copies', 'Keep it running', 'It stops at the next safe point.', 'Cancel it'],
    ['failed-in-a-state', 'Keep it open', 'Nobody can retry it any more', 'Close it'],
  ])('has a Cancel dialog with unambiguous answers: %s', (name, no, what, yes) => {
    const view = CASES[name];
    if (view === undefined) throw new Error(`There is no case ${name}.`);
    const cancel = buttonsOf(renderCard(view)).find((button) => button.action_id === ACTIONS.cancel);
    if (cancel?.type !== 'button') throw new Error('Nobody can press Cancel.');
    expect([cancel.confirm?.confirm?.text, cancel.confirm?.deny?.text]).toEqual([yes, no]);
    expect(cancel.confirm?.text.text).toContain(what);
  });

  const nasty = fc.string({
    unit: fc.constantFrom('<', '&', '"', '\\', '`', '\n', '\u0000', '\ud83d', '😀', 'a', '\u202e'),
    maxLength: 3000,
  });

  it('has a card that Slack accepts', () => {
    const { plan, intent } = largePlan(3, 2);
    fc.assert(
      fc.property(nasty, nasty, fc.integer({ min: 1, max: 60 }), (one, two, times) => {
        const many = Array.from({ length: times }, () => one);
        const steps = plan.approved.steps.map((step) => ({
          ...step,
          says: one,
          commands: many.map((word) => ({ on: two, command: { program: 'x', args: [word, two] } })),
        }));
        const archives = plan.approved.archives.map((archive) => ({ ...archive, id: two, path: one }));
        const bad: Plan = {
          ...plan,
          approved: { ...plan.approved, steps, archives, sideEffects: many },
          seen: { ...plan.seen, warnings: many, findings: many, space: [] },
        };
        const failure = { kind: one, where: one, what: two, next: one, detail: two };
        const end: ChangeEvent = { type: 'failed', at: NOW.toISOString(), failure };
        const failing: ChangeEvent = {
          ...end,
          type: 'step-failed',
          step: plan.approved.steps[0]?.id ?? '',
          seconds: 1,
        };
        const begun: readonly ChangeEvent[] = [requested({ ...intent, reason: two.slice(0, 200) }), planned(bad, plan)];
        for (const events of [begun, [...begun, approved(plan), failing, end]]) {
          const view = { change: changeOf(events), waitsFor: many, now: NOW };
          for (const drawing of drawingsOf(view)) expectSlackTakesIt(drawing);
        }
      }),
      { numRuns: 60 },
    );
  });
});
