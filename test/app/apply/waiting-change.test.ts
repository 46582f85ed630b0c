import { describe, expect, it } from 'vitest';
import { doJob } from '../../../src/app/worker/do-job.ts';
import type { Progress } from '../../../src/domain/change/change.ts';
import { renderCard } from '../../../src/slack/card/card.ts';
import { approvedChangeOn, type Bench, bench, stateOf } from '../bench.ts';

const never = () => new AbortController().signal;
const job = { jid: '20261122101530123456', fun: 'state.highstate', nodes: ['node-3'] };

/** Every word of progress that was told, and what the card says with it. */
function keptWords(on: Bench): { readonly words: Progress[]; readonly texts: string[] } {
  const kept = { words: [] as Progress[], texts: [] as string[] };
  const tell = on.changes.progress.bind(on.changes);
  on.changes.progress = async (id, progress) => {
    await tell(id, progress);
    const change = await stateOf(on, id);
    if (change === undefined) throw new Error('the change is stored');
    kept.words.push(progress);
    kept.texts.push(renderCard({ change, progress: [progress], waitsFor: [], now: on.clock.now() }).text);
  };
  return kept;
}

/** Runs the waiting job of a worker that dies as soon as this step has begun. */
async function dyingAt(on: Bench, step: string) {
  const append = on.journal.append.bind(on.journal);
  let dead = false;
  on.journal.append = async (id, event) => {
    if (dead) throw new Error('dead');
    const mark = await append(id, event);
    dead = event.type === 'step-started' && event.step === step;
    return mark;
  };
  const silent = { ...on.worker, onUnexpectedError: () => undefined };
  await on.queue.drain((one) => doJob(one, silent, never()).catch(() => undefined));
  on.journal.append = append;
}

describe('a change that waits before it starts or goes on', () => {
  it('says once which Salt run it waits for', async () => {
    const on = bench();
    const { id } = await approvedChangeOn(on);
    const { texts } = keptWords(on);
    const backAt = on.clock.at + 60_000;
    on.worker.salt.stateRuns = async (answered) => ({ answered, runs: on.clock.at < backAt ? [job] : [] });
    await on.work();
    expect((await stateOf(on, id))?.state).toBe('done');
    const waits = texts.filter((text) => text.includes('Waiting for at most ten minutes'));
    expect(waits.length).toBeGreaterThanOrEqual(1);
    expect(waits.length).toBeLessThan(6);
    expect(waits[0]).toContain('Another Salt state run is in progress: state.highstate on node-3');
    expect(waits[0]).toContain('Approved.');
  });

  it('does not wait for what is down before it has begun, but is refused at once', async () => {
    const on = bench();
    const { id } = await approvedChangeOn(on);
    on.lab.change = (seen) => ({ ...seen, kube: { ...seen.kube, saltMaster: null } });
    const from = on.clock.at;
    await on.work();
    expect(await stateOf(on, id)).toMatchObject({ state: 'refused', refusal: { refused: 'salt-master-down' } });
    expect(on.clock.at - from).toBeLessThan(10_000);
  });

  it('says after a crash what of the cluster is not back yet', async () => {
    const on = bench();
    const { id } = await approvedChangeOn(on);
    await dyingAt(on, 'mount:node-2');
    const { words, texts } = keptWords(on);
    const backAt = on.clock.at + 60_000;
    on.lab.change = (seen) =>
      on.clock.at >= backAt
        ? seen
        : { ...seen, salt: { ...seen.salt, answered: seen.salt.answered.filter((name) => name !== 'node-3') } };
    await doJob({ kind: 'apply', id }, on.worker, never());
    expect((await stateOf(on, id))?.state).toBe('done');
    expect(texts[0]).toContain('In progress.');
    expect(texts[0]).toContain('Waiting for at most ten minutes: The Salt minion of node-3 does not answer.');
    expect(words.filter(({ step }) => step === 'start').length).toBeLessThanOrEqual(4);
  });
});
