import { beforeEach, describe, expect, it } from 'vitest';
import { OtherBots } from '../../../src/app/ask/other-bots.ts';
import type { Replicas, SocketsSeen } from '../../../src/ports/cards.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { KeptLog } from '../../slack/recording-slack.ts';

const MINUTE_MS = 60_000;

/** As Redis has them; `running` is what a beat counts, this replica among them. */
class GivenReplicas implements Replicas {
  running: number | null = 1;
  isAway = false;
  hasLeft = false;
  kept: SocketsSeen | null = null;
  async beat(): Promise<number | null> {
    if (this.isAway) throw new Error('away');
    return this.running;
  }
  async leave(): Promise<void> {
    this.hasLeft = true;
  }
  async keep(seen: SocketsSeen): Promise<void> {
    this.kept = seen;
  }
  seen = async () => this.kept;
}

let clock: FakeClock;
let log: KeptLog;
let replicas: GivenReplicas;
let renewed: number;
let isRenewable: boolean;
let known: boolean[];
let others: OtherBots;
beforeEach(() => {
  [clock, log, replicas] = [new FakeClock(), new KeptLog(), new GivenReplicas()];
  [renewed, isRenewable, known] = [0, true, []];
  const renew = () => {
    renewed += 1;
    return isRenewable;
  };
  others = new OtherBots({ replicas, renew, onKnown: (isShared) => known.push(isShared), clock, log });
});

const told = () => log.lines.filter((line) => line.includes('Other bots use this app token'));

async function whileRunning(act: () => Promise<void>): Promise<void> {
  const end = new AbortController();
  const running = others.run(end.signal);
  await clock.advance(0);
  await act();
  end.abort();
  await running;
}

describe('a bot', () => {
  it('is quiet while its own replicas have all connections', async () => {
    replicas.running = 2;
    await others.heard(4);
    expect(replicas.kept).toMatchObject({ connections: 4, replicas: 2 });
    expect({ known, told: told() }).toEqual({ known: [false], told: [] });
  });

  it('says once that other bots use its app token, after Slack has counted again a minute later', async () => {
    await whileRunning(async () => {
      await others.heard(4);
      await clock.advance(MINUTE_MS - 1);
      expect({ renewed, told: told(), kept: replicas.kept }).toEqual({ renewed: 0, told: [], kept: null });
      await clock.advance(10_000);
      expect(renewed).toBe(1);
      await others.heard(4);
      await clock.advance(MINUTE_MS);
      await others.heard(3);
      expect(told()).toHaveLength(1);
      expect(replicas.kept).toMatchObject({ connections: 3, replicas: 1 });
      expect({ known, renewed }).toEqual({ known: [true, true], renewed: 1 });
    });
  });

  it('takes back its suspicion, where the old connections of a rolling update are gone at the second count', async () => {
    await whileRunning(async () => {
      await others.heard(4);
      await clock.advance(MINUTE_MS + 10_000);
      await others.heard(2);
      expect({ known, told: told() }).toEqual({ known: [false], told: [] });
    });
  });

  it('does not believe a count within the first minute, which may still have closed connections', async () => {
    await others.heard(3);
    await clock.advance(MINUTE_MS - 1);
    await others.heard(3);
    expect(told()).toEqual([]);
  });

  it('says when the other bot is gone', async () => {
    await others.heard(4);
    await clock.advance(MINUTE_MS);
    await others.heard(4);
    await others.heard(2);
    expect(log.lines.at(-1)).toContain('No other bot uses the app token any more');
    expect(known).toEqual([true, false]);
  });

  it('counts a replica that has just ended', async () => {
    await whileRunning(async () => {
      replicas.running = 2;
      await clock.advance(10_000);
      replicas.running = 1;
      await others.heard(4);
      expect(known).toEqual([false]);
    });
  });

  it('asks again later for a second count, if its other socket is closed just now', async () => {
    isRenewable = false;
    await whileRunning(async () => {
      await others.heard(4);
      await clock.advance(MINUTE_MS + 20_000);
      isRenewable = true;
      await clock.advance(30_000);
      expect(renewed).toBe(4);
    });
  });

  it('says nothing while the number of replicas is unknown, and judges the count when it is known', async () => {
    replicas.isAway = true;
    await whileRunning(async () => {
      await others.heard(2);
      replicas.isAway = false;
      replicas.running = null;
      await clock.advance(10_000);
      expect(known).toEqual([]);
      replicas.running = 1;
      await clock.advance(10_000);
      expect(known).toEqual([false]);
    });
    expect(replicas.hasLeft).toBe(true);
  });
});
