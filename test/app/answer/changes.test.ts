import { describe, expect, it } from 'vitest';
import { answering } from '../../../src/app/answer/answer-question.ts';
import { isRefusal, type Refusal } from '../../../src/domain/answers/refusal.ts';
import { questionOf } from '../../../src/domain/questions/questions.ts';
import { PLAIN } from '../../../src/domain/text/markup.ts';
import { parseCommand } from '../../../src/domain/wish/parse-command.ts';
import { MRKDWN } from '../../../src/slack/text/markup.ts';
import { fakeFleet } from '../../fakes/fake-fleet.ts';
import { alice, approvalBy, bench, bob, granted, mallory, plannedChange } from '../bench.ts';

/** Plain words, with the room of a message in Slack. */
const SLACK = { ...PLAIN, room: MRKDWN.room };

type Bench = ReturnType<typeof bench>;

/** The answer to a typed question, in plain text, or the refusal. */
async function asked(on: Bench, typed: string, by = alice): Promise<string | Refusal> {
  const wish = parseCommand(typed, { clusters: ['lab'], defaultCluster: 'lab' });
  if (isRefusal(wish)) return wish;
  if (wish.is !== 'question') throw new Error(`${typed} is no question.`);
  const clusters = new Map([['lab', on.bot]]);
  const ports = { clusters, fleet: fakeFleet(clusters), cards: on.cards, clock: on.clock };
  const answered = await answering(ports).answer(wish, { by, channel: 'C0OPS' });
  return isRefusal(answered) ? answered : answered.says(SLACK);
}

describe('changes', () => {
  it('says that nothing is open, and how to list the rest', async () => {
    const on = bench();
    expect(await asked(on, 'changes')).toBe(
      'There is no open change in lab. /registry-ha changes --all lists the ended ones.',
    );
  });

  it('lists each open change with whose turn it is', async () => {
    const on = bench();
    const { id } = await plannedChange(on);
    expect(await asked(on, 'changes')).toBe(
      `1 open change in lab\n• ${id} Add a registry on node-2, requested by alice: the plan waits for an approval before 2026-11-22 11:00 UTC.`,
    );
  });

  it('lists ended changes with --all, and only then', async () => {
    const on = bench();
    const change = await plannedChange(on);
    granted(await on.decide({ ...approvalBy(bob, change), kind: 'deny' }));
    expect(await asked(on, 'changes')).toContain('no open change');
    expect(await asked(on, 'changes --all')).toContain(
      `${change.id} Add a registry on node-2, requested by alice: denied by bob`,
    );
  });

  it('selects by person and by node, where a restarted engine counts', async () => {
    const on = bench();
    const { id } = await plannedChange(on);
    expect(await asked(on, 'changes --mine')).toContain(id);
    expect(await asked(on, 'changes --mine', bob)).toContain('no open change that you requested');
    expect(await asked(on, 'changes --node node-3')).toContain(id);
    expect(await asked(on, 'changes --node node-9')).toContain('no open change of node-9 in lab');
  });

  it('tells a person without any permission nothing', async () => {
    const on = bench();
    await plannedChange(on);
    expect(await asked(on, 'changes', mallory)).toMatchObject({ refused: 'not-allowed' });
    expect(await asked(on, 'show lab-7f3k2a', mallory)).toMatchObject({ refused: 'not-allowed' });
  });

  it.each([
    ['changes node-2', 'write --node before it'],
    ['changes --nod node-2', 'Did you mean “--node”?'],
    ['changes --open --all', 'exclude each other'],
    ['changes --node', '--node needs a value'],
    ['changes --cluster lap', 'Did you mean “lab”?'],
    ['log', 'log takes one change ID'],
    ['history', 'history takes one node'],
    ['history Node_2', 'is not a valid node name'],
    ['show', 'show takes one change ID'],
    ['show lab_1', 'is not a change ID'],
    ['show lap-7f3k2a', 'Did you mean “lab-7f3k2a”?'],
  ])('%s is refused with the way out', async (typed, says) => {
    const answer = await asked(bench(), typed);
    expect(isRefusal(answer) && `${answer.says} ${answer.tryNext}`).toContain(says);
  });
});

describe('show', () => {
  it('shows the people, the plan and every step', async () => {
    const on = bench();
    const change = await plannedChange(on);
    await on.decide(approvalBy(bob, change));
    await on.work();
    const says = await asked(on, `show ${change.id}`);
    expect(says).toContain(`${change.id} Add a registry on node-2, requested by alice: done at`);
    expect(says).toContain('Approved by bob.');
    expect(says).toContain('• Mount 2 MetalK8s archives on node-2: done in');
  });

  it('says that a change is unknown', async () => {
    expect(await asked(bench(), 'show lab-7f3k2z')).toMatchObject({ refused: 'unknown-change' });
  });
});

describe('log', () => {
  it('lists every event, by whom, and where the whole log is', async () => {
    const on = bench();
    const change = await plannedChange(on);
    await on.decide(approvalBy(bob, change));
    await on.work();
    const says = await asked(on, `log ${change.id}`);
    expect(says).toContain('• 2026-11-22 10:00 UTC requested by U0ALICE (alice): add node-2');
    expect(says).toContain('mount:node-2: done in 0 s');
    expect(says).toContain(`registry-ha journal show ${change.id}`);
  });

  it('leaves out the oldest events of a long change, never its end', async () => {
    const on = bench();
    const change = await plannedChange(on);
    for (let tries = 0; tries < 200; tries += 1)
      await on.changes.append(change.id, 2 + tries, {
        type: 'step-started',
        at: change.requestedAt,
        step: `mount:${tries}`,
      });
    await on.changes.append(change.id, 202, { type: 'expired', at: change.requestedAt });
    const says = String(await asked(on, `log ${change.id}`));
    expect(says.length).toBeLessThanOrEqual(3_000);
    expect(says).toContain('mount:199: started');
    expect(says).toContain('UTC expired');
    expect(says).not.toContain('mount:0: started');
    expect(says).toContain('less important lines left out');
  });
});

describe('history', () => {
  it('lists what was done on a node, also by a change that only restarted its engine', async () => {
    const on = bench();
    const { id } = await plannedChange(on);
    expect(await asked(on, 'history node-3')).toContain(`1 change of node-3 in lab\n• ${id} Add a registry on node-2`);
    expect(await asked(on, 'history node-9')).toBe(
      'No change of node-9 in lab is on record in the last 90 days. Everything that was ever done: registry-ha history node-9 on the bootstrap node.',
    );
  });

  it('has every change of a node, for a file that takes what a message does not', async () => {
    const on = bench();
    for (let n = 0; n < 30; n += 1) await plannedChange(on);
    const says = String(await asked(on, 'history node-2'));
    expect(says).toContain('30 changes of node-2 in lab');
  });
});

it('the help names each question', () => {
  expect(questionOf('changes')).toBe('changes');
  expect(questionOf('SHOW')).toBe('show');
});
