import { expect, it } from 'vitest';
import { lookAtSalt } from '../../../src/app/plan/look-at-salt.ts';
import { FakeSalt } from '../../fakes/fake-salt.ts';

const NODES = ['bootstrap', 'node-2'];
const { signal } = new AbortController();

/** Answers nothing before both questions are asked. */
class AllAtOnce extends FakeSalt {
  readonly #all = Promise.withResolvers<void>();
  #asked = 0;

  override stateRuns(...asked: Parameters<FakeSalt['stateRuns']>) {
    return this.#once(() => super.stateRuns(...asked));
  }
  override engines(...asked: Parameters<FakeSalt['engines']>) {
    return this.#once(() => super.engines(...asked));
  }

  async #once<T>(answer: () => Promise<T>): Promise<T> {
    this.#asked += 1;
    if (this.#asked === 2) this.#all.resolve();
    await this.#all.promise;
    return await answer();
  }
}

/** Its engines answer only to an abort, as Salt that waits for a dead minion. */
class Waiting extends FakeSalt {
  override engines(_: readonly string[], stop: AbortSignal): Promise<never> {
    return new Promise((_resolve, reject) => stop.addEventListener('abort', () => reject(new Error('stopped'))));
  }
}

it('asks for state runs and engines at the same time', async () => {
  const { salt, engines } = await lookAtSalt(NODES, new AllAtOnce(NODES, ['10.0.0.1:8080']), [], signal);
  expect(salt).toEqual({ masterAnswers: true, answered: NODES, jobs: [] });
  expect(engines.map(({ node, is }) => `${node} ${is}`)).toEqual(['bootstrap known', 'node-2 known']);
});

it('waits for no engine once a minion is silent', async () => {
  const salt = new Waiting(NODES);
  salt.minions.set('node-2', { up: false, answer: { is: 'lost', says: '' }, endpoints: [] });
  expect(await lookAtSalt(NODES, salt, [], signal)).toEqual({
    salt: { masterAnswers: true, answered: ['bootstrap'], jobs: [] },
    engines: [],
  });
});

it('says that the master does not answer, whatever became of the other questions', async () => {
  const salt = new FakeSalt(NODES);
  salt.masterUp = false;
  expect(await lookAtSalt(NODES, salt, [], signal)).toEqual({
    salt: { masterAnswers: false, answered: [], jobs: [] },
    engines: [],
  });
});

it('leaves out the states of this change', async () => {
  const salt = new FakeSalt(NODES);
  salt.jobs.set('1', { fun: 'state.sls', targeted: NODES, running: ['node-2'], returns: {} });
  salt.jobs.set('2', { fun: 'state.sls', targeted: NODES, running: ['node-2'], returns: {} });
  expect((await lookAtSalt(NODES, salt, ['1'], signal)).salt.jobs.map(({ jid }) => jid)).toEqual(['2']);
});

it('fails if the engines cannot be asked, though every minion answers', async () => {
  const salt = new FakeSalt(NODES);
  salt.engines = () => Promise.reject(new Error('no answer'));
  await expect(lookAtSalt(NODES, salt, [], signal)).rejects.toThrow('no answer');
});
