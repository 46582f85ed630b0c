import { expect, it } from 'vitest';
import type { TerminalAnswer, TerminalSays } from '../../src/domain/wish/terminal-talk.ts';
import { converse } from '../../src/terminal/converse.ts';
import { Screen } from '../../src/terminal/screen.ts';

const PLAN: TerminalSays = {
  ...{ is: 'plan', change: 'lab-7f3k2q', cluster: 'lab', digest: 'd1' },
  ...{ text: 'Plan of lab-7f3k2q', says: 'It starts at once.' },
};
const STEP: TerminalSays = { is: 'step', change: 'lab-7f3k2q', says: 'Started.' };
const ENDED: TerminalSays = { is: 'ended', change: 'lab-7f3k2q', says: '' };

/** A command that hears this from the worker, with a person who types one answer. */
async function heard(says: readonly TerminalSays[], answer: string, isJson = false) {
  const answers: TerminalAnswer[] = [];
  const [out, err]: [string[], string[]] = [[], []];
  const stream = (to: string[]) => ({ isTty: false, columns: 80, write: (text: string) => void to.push(text) });
  const screen = new Screen(stream(out), stream(err), isJson, () => 0);
  const underWay: string[] = [];
  const outcome = await converse(
    {
      says: (one) => void answers.push(one),
      async *hears() {
        yield* says;
      },
    },
    {
      screen,
      typed: async () => answer,
      ended: async (change) => ({ is: 'left', change }),
      onUnderWay: (change) => void underWay.push(change),
    },
  );
  return { answers, out: out.join(''), err: err.join(''), underWay, outcome };
}

it('confirms exactly the plan that was shown, and only with the name of the cluster', async () => {
  const { answers, err } = await heard([PLAN, ENDED], ' lab ');
  expect(answers).toEqual([{ confirms: 'd1' }]);
  expect(err).toContain('Digest: d1\n\nIt starts at once.\n');
  for (const other of ['', 'y', 'yes', 'LAB', 'lab2']) {
    expect((await heard([PLAN, ENDED], other)).answers).toEqual([{ confirms: '' }]);
  }
});

it('says what to do when the worker ends meanwhile', async () => {
  const after = await heard([PLAN, STEP], 'lab');
  expect(after.outcome).toMatchObject({ is: 'failed', failure: { kind: 'worker-lost' } });
  expect(after.outcome).toMatchObject({
    failure: { next: 'The next worker resumes what has begun: registry-ha show lab-7f3k2q' },
  });
  expect((await heard([], '')).outcome).toMatchObject({ failure: { next: 'Run the command again.' } });
});

it('knows when a change goes on without it', async () => {
  expect((await heard([PLAN, ENDED], 'lab')).underWay).toEqual([]);
  expect((await heard([PLAN, STEP, ENDED], 'lab')).underWay).toEqual(['lab-7f3k2q']);
});

it('writes each message as a line of JSON', async () => {
  const progress: TerminalSays = { is: 'progress', change: 'lab-7f3k2q', says: 'Copying', share: 0.5 };
  const { out, err } = await heard([PLAN, STEP, progress, ENDED], 'lab', true);
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toEqual([PLAN, STEP, progress].map((one) => ({ v: 1, ...one })));
  expect(err).toBe('');
});

it('a steering character in what the worker says reaches no terminal', async () => {
  const { err } = await heard([{ ...STEP, says: 'red \u001b[31m text' }, ENDED], '');
  expect(err).not.toContain('\u001b');
});
