import { describe, expect, it } from 'vitest';
import { answering } from '../../../src/app/answer/answer-question.ts';
import type { Answered } from '../../../src/app/ask/asker.ts';
import { isRefusal, type Refusal } from '../../../src/domain/answers/refusal.ts';
import { judge } from '../../../src/domain/questions/status/judge.ts';
import { PLAIN } from '../../../src/domain/text/markup.ts';
import { parseCommand } from '../../../src/domain/wish/parse-command.ts';
import { fakeFleet } from '../../fakes/fake-fleet.ts';
import { inspectionOf } from '../../fixtures/inspection.ts';
import { alice, bench, mallory, plannedChange } from '../bench.ts';

type Bench = ReturnType<typeof bench>;
const signal = new AbortController().signal;
const holds = judge(inspectionOf());
const stale = judge(inspectionOf({}, { engines: { is: 'unknown', says: 'The Salt master does not answer.' } }));

async function asked(on: Bench, typed = 'status', by = alice, clusters = ['lab']): Promise<Answered | Refusal> {
  const [only, ...more] = clusters;
  const wish = parseCommand(typed, { clusters, defaultCluster: more.length === 0 ? (only ?? null) : null });
  if (isRefusal(wish)) return wish;
  if (wish.is !== 'question') throw new Error(`${typed} is no question.`);
  const of = new Map(clusters.map((name) => [name, on.bot]));
  const ports = { clusters: of, fleet: fakeFleet(of), cards: on.cards, clock: on.clock };
  return await answering(ports).answer(wish, { by, channel: 'C0OPS' });
}

function granted(answer: Answered | Refusal): Answered {
  if (isRefusal(answer)) throw new Error(answer.says);
  return answer;
}

/** A worker that answers the next request with this status. */
function answers(on: Bench, status: typeof holds): void {
  on.board.ask = async () => {
    await on.board.put(status, 1);
    return 1;
  };
}

describe('status', () => {
  it('is answered at once from the last inspection', async () => {
    const on = bench();
    await on.board.put(holds, 0);
    const { id } = await plannedChange(on);
    const says = granted(await asked(on)).says(PLAIN);
    expect(says).toMatch(/^lab: HA holds: /);
    expect(says).toContain(`• ${id} Add a registry on node-2, requested by alice: the plan waits for an approval`);
  });

  it('is answered again when the new inspection found anything else', async () => {
    const on = bench();
    await on.board.put(holds, 0);
    const { later } = granted(await asked(on));
    answers(on, stale);
    const next = await later?.(signal);
    expect(next?.says(PLAIN)).toMatch(/^lab: It is unknown whether HA holds: The Salt master does not answer/);
    expect(next?.says(PLAIN)).not.toContain('you get a second answer');
  });

  it('is not answered again when nothing has changed', async () => {
    const on = bench();
    await on.board.put(holds, 0);
    const { later } = granted(await asked(on));
    answers(on, { ...holds, at: '2026-11-22T11:00:00.000Z' });
    expect(await later?.(signal)).toBeNull();
  });

  it('does not take an inspection for new that began before the request', async () => {
    const on = bench();
    await on.board.put(holds, 0);
    const { later } = granted(await asked(on));
    on.board.ask = async () => {
      await on.board.put(stale, 4);
      return 5;
    };
    const next = await later?.(signal);
    expect(next?.says(PLAIN)).toContain('has not finished a new inspection within a minute');
  });

  it('asks a silent worker for nothing', async () => {
    const on = bench();
    await on.board.put(holds, 0);
    on.life.seen = async () => ({
      ...{ heardAt: '2026-11-22T09:00:00.000Z', silentMs: 3_600_000, workerAheadMs: 0 },
      ...{ trouble: null, nodes: null, who: null },
    });
    const { says, later } = granted(await asked(on));
    expect(says(PLAIN)).toContain('The worker is silent since 2026-11-22 09:00 UTC.');
    expect(await later?.(signal)).toBeNull();
    expect(on.board.request).toBe(0);
  });

  it('ends its wait when the bot stops', async () => {
    const on = bench();
    const { later } = granted(await asked(on));
    expect(await later?.(AbortSignal.abort())).toBeNull();
  });

  it('has one line for each cluster if several are served and none is named, and asks no worker', async () => {
    const on = bench();
    await on.board.put(holds, 0);
    const { says, later } = granted(await asked(on, 'status', alice, ['lab', 'prod']));
    expect(says(PLAIN).split('\n')).toHaveLength(4);
    expect(await later?.(signal)).toBeNull();
    expect(on.board.request).toBe(0);
  });

  it('is for people with any permission there', async () => {
    expect(await asked(bench(), 'status', mallory)).toMatchObject({ refused: 'not-allowed' });
  });

  it.each([
    ['status node-2', 'status is about a whole cluster'],
    ['status --cluster lap', 'Did you mean “lab”?'],
  ])('%s is refused with the way out', async (typed, says) => {
    expect(await asked(bench(), typed)).toMatchObject({ says: expect.stringContaining(says) });
  });
});
