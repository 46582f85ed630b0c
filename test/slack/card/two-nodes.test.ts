import { describe, expect, it } from 'vitest';
import { SeveralFailed, Unreachable } from '../../../src/domain/answers/failure.ts';
import type { ChangeEvent, Progress } from '../../../src/domain/change/change.ts';
import type { Intent } from '../../../src/domain/plan/intent.ts';
import { renderCard } from '../../../src/slack/card/card.ts';
import { repliesOf } from '../../../src/slack/card/replies.ts';
import type { CardView } from '../../../src/slack/parts/card-view.ts';
import { tasksOf } from '../../../src/slack/parts/tasks.ts';
import { emptyTarget, facts } from '../../fixtures/facts.ts';
import { approved, changeOf, NOW, planFrom, planned, requested } from '../card-events.ts';

const BOTH = ['node-2', 'node-3'];
const intent: Intent = { verb: 'add', cluster: 'lab', nodes: BOTH };
const plan = planFrom(intent, facts({ targets: BOTH.map((node) => emptyTarget(node)) }));
const at = '2026-11-22T10:03:00.000Z';
const copyTo = (node: string): string => `copy:${node}:metalk8s-127.0.6`;
const begun: readonly ChangeEvent[] = [
  requested(intent),
  planned(plan),
  approved(plan),
  { type: 'started', at },
  ...BOTH.map((node): ChangeEvent => ({ type: 'step-started', at, step: copyTo(node) })),
];
const copied = (node: string, done: number): Progress => ({
  step: copyTo(node),
  at,
  done,
  total: 1_500_000_000,
  unit: 'bytes',
  rate: 50_000_000,
  secondsLeft: 9,
});
const view = (events: readonly ChangeEvent[], progress: readonly Progress[] = []): CardView => ({
  change: changeOf(events),
  progress,
  waitsFor: [],
  now: NOW,
});

describe('copies to two nodes at the same time', () => {
  const running = view(
    begun,
    BOTH.map((node, index) => copied(node, 300_000_000 * (index + 1))),
  );

  it('shows the progress of both copies', () => {
    const notes = tasksOf(running, 'step').flatMap(({ status, note }) => (status === 'in_progress' ? [note] : []));
    expect(notes).toEqual([
      '300 MB of 1.5 GB (20 %), 50.0 MB/s, 9 s left',
      '600 MB of 1.5 GB (40 %), 50.0 MB/s, 9 s left',
    ]);
    const [copies] = tasksOf(running, 'kind');
    expect(copies?.note).toMatch(/^0 of 6 done\. .* to node-2: 300 MB of .* to node-3: 600 MB of /);
  });

  it('tells the approver that the copies run at the same time', () => {
    const shown = JSON.stringify(renderCard(view(begun.slice(0, 2))).blocks);
    expect(shown).toContain('*Steps* (copies to different nodes and Salt states on different nodes at the same time)');
  });

  it('reports both nodes when both copies fail', () => {
    const failures = BOTH.map((node) => new Unreachable(node, 'unreachable', `${node} does not answer.`));
    const failed = changeOf([
      ...begun,
      ...failures.map(
        (failure): ChangeEvent => ({
          type: 'step-failed',
          at,
          step: copyTo(failure.where),
          seconds: 31,
          failure: failure.report(),
        }),
      ),
      { type: 'failed', at, failure: new SeveralFailed(failures).report() },
    ]);
    const steps = BOTH.map((node) => `“Copy metalk8s-127.0.6 (1.5 GB) to ${node}”`).join(' and ');
    const card = JSON.stringify(renderCard({ change: failed, waitsFor: [], now: NOW }).blocks);
    expect(card).toContain(`*Where:* ${steps}, node-2 and node-3`);
    expect(repliesOf(failed).map(({ text }) => text)).toContainEqual(
      expect.stringContaining(`failed at ${steps} (node-2 and node-3).`),
    );
  });
});
