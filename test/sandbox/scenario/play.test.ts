import { expect, test } from 'vitest';
import { parseScenario } from '../../../sandbox/scenario/parse/parse.ts';
import { play } from '../../../sandbox/scenario/play/play.ts';
import type { SeenStep } from '../../../sandbox/seen/changes.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { ASKED, FakeStage } from './fake-stage.ts';

/** A clock on which every sleep is over at once, and the time it took has passed. */
function skippingClock(): Clock {
  let now = 0;
  return {
    now: () => new Date(now),
    steadyMs: () => now,
    async sleep(ms, signal) {
      signal.throwIfAborted();
      now += ms;
    },
  };
}

/** Plays it and gives what was there instead of the first statement that is not met; null when all are. */
async function instead(stage: FakeStage, text: string, patience?: number): Promise<string | null> {
  const scenario = parseScenario(text, { people: ['alice', 'bob', 'mallory'] });
  if (scenario.is === 'wrong') throw new Error(scenario.mistakes.join('\n'));
  const { signal } = new AbortController();
  const performance = { stage, clock: skippingClock(), signal, ...(patience === undefined ? {} : { patience }) };
  const failed = await play(scenario.statements, performance, () => undefined);
  return failed === null ? null : `${failed.statement.text}: ${failed.instead}`;
}

const step = (id: string, state: SeenStep['state']): SeenStep => ({
  id,
  kind: 'copy',
  state,
  seconds: null,
  already: false,
});
const planned = { ...ASKED, state: 'planned', isPlanned: true, version: 2 };
const applying = { ...planned, state: 'applying', isApproved: true, steps: [step('copy:node-2:a', 'running')] };

test('a refused change ends the wait for its plan at once, with the refusal’s own words', async () => {
  const stage = new FakeStage();
  stage.show({ ...ASKED, state: 'refused', says: 'node-2 is not Ready.' });
  expect(await instead(stage, 'wait planned')).toBe('wait planned: lab-abc234 is refused. node-2 is not Ready.');
});

test('a failed change ends the wait for its end with the step and the failure', async () => {
  const stage = new FakeStage();
  stage.show({ ...applying, state: 'failed', says: 'node-2: no space.', steps: [step('copy:node-2:a', 'failed')] });
  expect(await instead(stage, 'wait done')).toBe(
    'wait done: lab-abc234 is failed, at step copy:node-2:a (failed). node-2: no space.',
  );
});

test('what is past counts as planned and approved, what is to come does not count as done', async () => {
  const stage = new FakeStage();
  stage.show(applying);
  expect(await instead(stage, 'wait planned\nwait approved\nwait running copy\nwait running copy:node-2')).toBeNull();
  expect(await instead(stage, 'wait done within 3')).toBe(
    'wait done within 3: Timed out after 3 s. lab-abc234 is applying, at step copy:node-2:a (running).',
  );
});

test('a patient player waits longer, and says how long', async () => {
  const stage = new FakeStage();
  stage.show(applying);
  expect(await instead(stage, 'wait done within 3', 4)).toContain('Timed out after 12 s.');
});

test('a wait concerns the newest change, not one that has ended before', async () => {
  const stage = new FakeStage();
  stage.show({ ...applying, id: 'lab-older2', state: 'done' }, ASKED);
  expect(await instead(stage, 'wait done within 1')).toContain('lab-abc234 is requested.');
});

test('a step that no plan has is told with those that it has', async () => {
  const stage = new FakeStage();
  stage.show(applying);
  expect(await instead(stage, 'wait running engines')).toContain('has no step engines; it has copy:node-2:a.');
});

test('a bot or worker that died ends the wait at once', async () => {
  const stage = new FakeStage();
  stage.show(planned);
  stage.dead = ['The worker ended unexpectedly (1).'];
  expect(await instead(stage, 'wait done')).toContain('The worker ended unexpectedly (1).');
});

test('while Redis is away the wait goes on, and says so when its time is over', async () => {
  const stage = new FakeStage();
  stage.seen = { are: 'hidden', says: 'Redis does not answer.', last: [] };
  stage.onLook = (looks) => {
    if (looks === 10) stage.show({ ...planned, state: 'done' });
  };
  expect(await instead(stage, 'wait done')).toBeNull();
  stage.seen = { are: 'hidden', says: 'Redis does not answer.', last: [] };
  expect(await instead(stage, 'wait done')).toBe('wait done: Timed out after 120 s. Redis does not answer.');
});

test('a command is answered before the next statement looks, so that no older change is taken for its own', async () => {
  const stage = new FakeStage();
  stage.show({ ...planned, state: 'refused' });
  stage.onLook = (looks) => {
    if (looks === 5) stage.show({ ...planned, state: 'refused' }, { ...planned, id: 'lab-newer2' });
  };
  expect(await instead(stage, 'alice> /registry-ha add node-2\nwait planned')).toBeNull();
});

test('a click waits for its button, but not for ever', async () => {
  const stage = new FakeStage();
  stage.show(planned);
  expect(await instead(stage, 'bob> click Approve')).toBe(
    'bob> click Approve: Timed out after 25 s. bob sees no button “Approve”.',
  );
  expect(stage.did).toEqual([]);
  stage.labels = ['Approve'];
  expect(await instead(stage, 'bob> click Approve')).toBeNull();
  expect(stage.did).toEqual(['bob clicks Approve']);
});

test('expectations see what is shown and to whom', async () => {
  const stage = new FakeStage();
  stage.shown = [
    { texts: ['*The plan is ready.* for `node-2`'], ephemeralFor: undefined, isFresh: false },
    { texts: ['You may not.'], ephemeralFor: 'U0MALLORY', isFresh: true },
  ];
  expect(await instead(stage, 'expect text "is ready. for node-2"\nexpect ephemeral mallory "may not"')).toBeNull();
  expect(await instead(stage, 'expect text "Done."')).toContain('Newest messages:\n  *The plan is ready.*');
  expect(await instead(stage, 'expect ephemeral bob "may not"')).toContain('There is no message.');
  expect(await instead(stage, 'expect no text "may not"')).toContain('A message shows the text: You may not.');
});

test('faults, kills and starts reach the sandbox, and what it refuses is the scenario’s failure', async () => {
  const stage = new FakeStage();
  expect(await instead(stage, 'fault ssh-cut node-2 100\nclear fault ssh-cut\nkill worker\nstart worker')).toBeNull();
  expect(stage.did).toEqual(['fault ssh-cut node-2 100', 'clear ssh-cut', 'kill worker', 'start worker']);
  expect(await instead(stage, 'fault no-such-fault')).toBe('fault no-such-fault: Unknown fault no-such-fault.');
});
