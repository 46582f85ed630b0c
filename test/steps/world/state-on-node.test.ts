import { describe, expect, it } from 'vitest';
import type { SaltReturn, StateRuns } from '../../../src/domain/cluster/salt.ts';
import type { StepWorld } from '../../../src/steps/world/step-world.ts';
import type { FakeLab } from '../../fakes/fake-lab.ts';
import { nodes } from '../../fixtures/facts.ts';
import { labBefore, never, of, outcome, RUN, raise } from '../steps-world.ts';

describe('a state run on a node', () => {
  const mounting = () => labBefore('mount');

  /** The first answers of salt-call, then the lab's own. */
  function firstSays(
    lab: FakeLab,
    answers: readonly (SaltReturn | Error)[],
    meanwhile: () => Promise<unknown> = async () => undefined,
  ): readonly string[] {
    const asked: string[] = [];
    const { call } = lab.salt;
    const left = [...answers];
    lab.salt.call = async (access, command, run, signal) => {
      asked.push(run.again ? 'again' : 'once');
      const answer = left.shift();
      if (answer === undefined) return await call(access, command, run, signal);
      await meanwhile();
      if (answer instanceof Error) throw answer;
      return answer;
    };
    return asked;
  }

  it('is not repeated after a lost connection if the node shows that its work is done', async () => {
    const lab = await mounting();
    const { call } = lab.salt;
    const [planned] = of('mount').commands;
    const node = nodes.find(({ name }) => name === 'node-2');
    const finish = () => call(node?.access ?? raise(), planned?.command ?? raise(), RUN, never);
    firstSays(lab, [{ is: 'lost', says: 'the connection was cut' }], finish);
    expect(await outcome(of('mount'), lab)).toMatchObject({ outcome: { already: false } });
    expect(lab.ran).toHaveLength(1);
  });

  it('is repeated after a lost connection if the node shows that its work is not done', async () => {
    const lab = await mounting();
    const asked = firstSays(lab, [{ is: 'lost', says: 'the node rebooted' }]);
    expect(await outcome(of('mount'), lab)).toMatchObject({ outcome: { already: false } });
    expect(asked).toEqual(['once', 'again']);
  });

  it('fails after three attempts that could not start', async () => {
    const lab = await mounting();
    lab.saltSays.set('metalk8s.archives.mounted', { is: 'conflict', says: 'is running as PID 4711', jids: [] });
    const { ran, failure } = await outcome(of('mount'), lab);
    expect(failure).toMatchObject({ kind: 'salt-conflict', where: 'node-2' });
    expect(ran).toHaveLength(3);
  });

  it('is retried after another state run has ended', async () => {
    const lab = await mounting();
    lab.jobs = [{ fun: 'state.highstate', jid: '20261122100000000000', nodes: ['node-2'] }];
    firstSays(lab, [{ is: 'conflict', says: 'is running as PID 4711', jids: ['20261122100000000000'] }]);
    let waited = '';
    const onProgress: StepWorld['onProgress'] = ({ note = '' }) => {
      waited = note;
      lab.jobs = [];
    };
    expect(await outcome(of('mount'), lab, { onProgress })).toMatchObject({ outcome: { already: false } });
    expect(waited).toContain('Waiting for state.highstate on node-2');
  });

  it('waits for a silent minion after a lost connection, because the state may still run there', async () => {
    const lab = await mounting();
    firstSays(lab, [{ is: 'lost', says: 'the node rebooted' }]);
    const told: (StateRuns | null)[] = [null, { answered: [], runs: [] }, { answered: ['node-2'], runs: [] }];
    lab.salt.stateRuns = async () => (told.length > 0 ? (told.shift() ?? null) : raise());
    const notes: string[] = [];
    const onProgress: StepWorld['onProgress'] = ({ note = '' }) => void notes.push(note);
    expect(await outcome(of('mount'), lab, { onProgress })).toMatchObject({ outcome: { already: false } });
    expect(told).toEqual([]);
    expect(notes).toEqual([
      'The result of the state run is unknown. Waiting for the Salt master to answer.',
      'The result of the state run is unknown. Waiting for the minion of node-2 to answer.',
    ]);
  });

  it('is tried again when a minion stays silent, so that Salt itself says what is wrong', async () => {
    const lab = await mounting();
    const asked = firstSays(lab, [{ is: 'lost', says: 'the node rebooted' }]);
    lab.salt.stateRuns = async () => null;
    expect(await outcome(of('mount'), lab)).toMatchObject({ outcome: { already: false } });
    expect(asked).toEqual(['once', 'again']);
  });

  it('starts when the Salt master and the node are back', async () => {
    const lab = await mounting();
    const { Unreachable } = await import('../../../src/domain/answers/failure.ts');
    const asked = firstSays(lab, [
      new Unreachable('node-2', 'unreachable', 'connection refused'),
      { is: 'master-down', says: 'no master' },
      new Unreachable('node-2', 'unreachable', 'connection refused'),
    ]);
    expect(await outcome(of('mount'), lab)).toMatchObject({ outcome: { already: false } });
    // Only a run that has told its end is run again; one that nobody could ask for may be there.
    expect(asked).toEqual(['once', 'once', 'again', 'again']);
  });

  it('fails with an explanation when the master stays unreachable', async () => {
    const lab = await mounting();
    lab.saltSays.set('metalk8s.archives.mounted', { is: 'master-down', says: 'no master' });
    expect(await outcome(of('mount'), lab)).toMatchObject({ failure: { kind: 'salt-master-down', where: 'node-2' } });
  });
});
