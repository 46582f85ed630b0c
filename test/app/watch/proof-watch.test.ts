import { describe, expect, it } from 'vitest';
import { CutShort } from '../../../src/app/watch/proof-notes.ts';
import { ProofWatch, type ProofWatchPorts } from '../../../src/app/watch/proof-watch.ts';
import type { ProofResult } from '../../../src/domain/cluster/proof-result.ts';
import { PROVEN } from '../../contract/proofs.contract.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { FakeJournal } from '../../fakes/fake-journal.ts';
import { FakeProofBoard } from '../../fakes/fake-proof-board.ts';

const WISH = { nodes: [], deep: false };
const MINUTE_MS = 60_000;

/** A proof that lasts until it is cut short. */
const untilCut: ProofWatchPorts['prove'] = (_, __, signal) =>
  new Promise((resolve) => {
    const end = () => {
      const { reason } = signal;
      const cut = reason instanceof CutShort ? { is: reason.cut, says: reason.message } : null;
      resolve({ ...PROVEN, cut });
    };
    if (signal.aborted) end();
    signal.addEventListener('abort', end);
  });

function watching(prove: ProofWatchPorts['prove'] = async () => PROVEN) {
  const clock = new FakeClock();
  const board = new FakeProofBoard();
  const journal = new FakeJournal();
  const errors: unknown[] = [];
  const stop = new AbortController();
  let began = 0;
  const watch = new ProofWatch({
    ...{ board, clock, journal },
    onError: (error) => void errors.push(error),
    prove: (...given) => {
      began += 1;
      return prove(...given);
    },
  });
  const running = watch.run(stop.signal);
  const last = (): ProofResult | null => {
    const report = board.reports.at(-1);
    return report?.is === 'ended' ? report.result : null;
  };
  const close = async () => {
    stop.abort();
    await watch.close();
    await running;
  };
  return { clock, board, journal, errors, watch, last, close, began: () => began };
}

describe('the worker’s proofs', () => {
  it('begin only on a request, and answer it once', async () => {
    const on = watching();
    await on.clock.advance(MINUTE_MS);
    expect(on.began()).toBe(0);
    const request = await on.board.ask(WISH);
    await on.clock.advance(MINUTE_MS);
    expect(on.began()).toBe(1);
    expect(on.board.reports.at(0)).toEqual({ is: 'running', request, progress: null });
    expect(on.board.reports.at(-1)).toMatchObject({ is: 'ended', request, result: PROVEN, journal: { line: 1 } });
    expect(on.journal.proofs).toEqual([PROVEN]);
    await on.close();
  });

  it('never run two at once: a request waits until the proof before it has ended', async () => {
    const ends: (() => void)[] = [];
    const on = watching(() => new Promise((resolve) => void ends.push(() => resolve(PROVEN))));
    await on.board.ask(WISH);
    await on.clock.advance(MINUTE_MS);
    await on.board.ask(WISH);
    await on.clock.advance(MINUTE_MS);
    expect(on.began()).toBe(1);
    ends[0]?.();
    await on.clock.advance(MINUTE_MS);
    expect(on.began()).toBe(2);
    ends[1]?.();
    await on.close();
  });

  it('report again and again how far they are', async () => {
    const progress = { done: 1, total: 13, unit: 'images', secondsLeft: null } as const;
    const on = watching((wish, onProgress, signal) => {
      onProgress(progress);
      return untilCut(wish, onProgress, signal);
    });
    await on.board.ask(WISH);
    await on.clock.advance(MINUTE_MS);
    expect(on.board.reports.length).toBeGreaterThan(5);
    expect(on.board.reports.at(-1)).toMatchObject({ is: 'running', progress });
    await on.close();
  });

  it('are cut short by a change that runs, and not by a plan', async () => {
    const on = watching(untilCut);
    await on.board.ask(WISH);
    await on.clock.advance(MINUTE_MS);
    await on.watch.during({ kind: 'plan', id: 'lab-7f3k2a' }, async () => await on.clock.advance(MINUTE_MS));
    expect(on.last()).toBeNull();
    await on.watch.during({ kind: 'apply', id: 'lab-7f3k2b' }, async () => await on.clock.advance(MINUTE_MS));
    expect(on.last()?.cut).toEqual({ is: 'change', says: expect.stringContaining('lab-7f3k2b began') });
    await on.close();
  });

  it('do not begin while a change runs: the asker is told so', async () => {
    const on = watching(untilCut);
    await on.watch.during({ kind: 'apply', id: 'lab-7f3k2b' }, async () => {
      await on.board.ask(WISH);
      await on.clock.advance(MINUTE_MS);
    });
    expect(on.last()?.cut).toMatchObject({ is: 'change' });
    await on.close();
  });

  it('end after 25 minutes', async () => {
    const on = watching(untilCut);
    await on.board.ask(WISH);
    await on.clock.advance(24 * MINUTE_MS);
    expect(on.last()).toBeNull();
    await on.clock.advance(2 * MINUTE_MS);
    expect(on.last()?.cut).toMatchObject({ is: 'too-long' });
    await on.close();
  });

  it('end when the worker stops, and the asker is told before it is gone', async () => {
    const on = watching(untilCut);
    await on.board.ask(WISH);
    await on.clock.advance(MINUTE_MS);
    await on.close();
    expect(on.last()?.cut).toMatchObject({ is: 'worker-stopped' });
  });

  it('are in the journal with the first findings only, and say so when it cannot be written', async () => {
    const differences = Array.from({ length: 100 }, (_, at) => ({ where: 'node-2', says: `image ${at} differs` }));
    const on = watching(async () => ({ ...PROVEN, differences, moreDifferences: 5 }));
    await on.board.ask(WISH);
    await on.clock.advance(MINUTE_MS);
    expect(on.journal.proofs).toEqual([{ ...PROVEN, differences: differences.slice(0, 20), moreDifferences: 85 }]);
    expect(on.last()?.differences).toHaveLength(100);
    on.journal.noteProof = () => Promise.reject(new Error('The disk is full.'));
    await on.board.ask(WISH);
    await on.clock.advance(MINUTE_MS);
    expect(on.board.reports.at(-1)).toMatchObject({ is: 'ended', journal: null });
    expect(on.errors).toHaveLength(1);
    await on.close();
  });

  it('keep a result through an outage of Redis', async () => {
    const on = watching();
    const put = on.board.put.bind(on.board);
    on.board.put = () => Promise.reject(new Error('Redis is away'));
    await on.board.ask(WISH);
    await on.clock.advance(30_000);
    on.board.put = put;
    await on.clock.advance(30_000);
    expect(on.last()).toEqual(PROVEN);
    expect(on.errors.length).toBeGreaterThan(0);
    await on.close();
  });
});
