import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { boltLog } from '../../../src/slack/api/bolt-log.ts';
import { InFlight } from '../../../src/slack/inbox/in-flight.ts';
import { eventually } from '../../sandbox/slack/slack-for-tests.ts';
import { KeptLog } from '../recording-slack.ts';

/** Its work acknowledges it. */
const event = { body: { type: 'view_submission' }, ack: async () => undefined };

describe('a payload in progress', () => {
  it('logs a warning without an ack before Slack shows an error', async () => {
    const log = new KeptLog();
    const inFlight = new InFlight(log, 10);
    const { promise, resolve } = Promise.withResolvers<void>();
    const tracked = inFlight.track(event, () => promise);
    await eventually(() => (log.lines.includes('warn Payload is not acknowledged yet') ? true : undefined));
    resolve();
    await tracked;
  });

  it('logs no warning after the ack', async () => {
    const log = new KeptLog();
    const inFlight = new InFlight(log, 10);
    const { promise, resolve } = Promise.withResolvers<void>();
    const tracked = inFlight.track(event, async ({ ack }) => {
      await ack();
      await promise;
    });
    const other = new KeptLog();
    const later = new InFlight(other, 30).track(event, () => promise);
    await eventually(() => other.lines[0]);
    expect(log.lines).toEqual([]);
    resolve();
    await Promise.all([tracked, later]);
  });

  it('delays a stop, for a limited time', async () => {
    const inFlight = new InFlight(new KeptLog());
    const { promise, resolve } = Promise.withResolvers<void>();
    const tracked = inFlight.track(event, () => promise);
    expect(await inFlight.drain(20)).toBe(1);
    resolve();
    expect(await inFlight.drain(5000)).toBe(0);
    await tracked;
  });
});

describe('a command or click', () => {
  it('is acknowledged before any work of ours or of Slack’s library, and once only', async () => {
    const happened: string[] = [];
    const click = { body: { type: 'block_actions' }, ack: async () => void happened.push('ack') };
    await new InFlight(new KeptLog()).track(click, async ({ ack }) => {
      happened.push('work');
      await ack();
    });
    expect(happened).toEqual(['ack', 'work']);
  });

  it('that cannot be acknowledged is not worked on, because the person is told that it failed', async () => {
    const inFlight = new InFlight(new KeptLog());
    const ack = () => Promise.reject(new Error('closed'));
    const worked: string[] = [];
    await expect(inFlight.track({ body: {}, ack }, async () => void worked.push('work'))).rejects.toThrow('closed');
    expect(worked).toEqual([]);
    expect(await inFlight.drain(1_000)).toBe(0);
  });
});

describe('the log of Slack’s library', () => {
  it('contains no token and no ticket', () => {
    const said: object[] = [];
    const log = {
      info: (fields: object) => said.push(fields),
      warn: (fields: object) => said.push(fields),
      error: (fields: object) => said.push(fields),
    };
    boltLog(log).error('failed', new Error('wss://x/link/?ticket=abc-def&app_id=A1 xoxb-1-2-x xapp-1-A-x'));
    expect(JSON.stringify(said)).not.toMatch(/abc-def|xoxb-1|xapp-1/);
    expect(JSON.stringify(said)).toContain('app_id=A1');
  });

  it('accepts an object that cannot be converted to text', () => {
    const said: object[] = [];
    const note = (fields: object) => said.push(fields);
    const warned: unknown[] = JSON.parse('["a",{"toString":null},[{"toString":null}]]');
    boltLog({ info: note, warn: note, error: note }).warn(...warned);
    expect(said).toEqual([{ says: 'a an object an object' }]);
  });
});

it('every payload that has arrived is acknowledged before any work behind an ack begins, and one work begins at a time', async () => {
  const inFlight = new InFlight(new KeptLog());
  const happened: string[] = [];
  const payloads = Array.from({ length: 3 }, (_, n) =>
    inFlight.track({ body: {}, ack: async () => void happened.push('ack') }, async ({ ack }) => {
      await ack();
      happened.push('work');
      void setImmediate().then(() => happened.push(`round after ${n}`));
    }),
  );
  await Promise.all(payloads);
  expect(happened.slice(0, 4)).toEqual(['ack', 'ack', 'ack', 'work']);
  expect(happened.indexOf('round after 0')).toBeLessThan(happened.lastIndexOf('work'));
});

it.each([
  { calmLimitMs: 60_000, says: 'until no more arrive', first: 'ack 30' },
  { calmLimitMs: 0, says: 'but not longer than its limit', first: 'ack 2' },
])('work waits while payloads arrive in each round of the event loop, $says', async ({ calmLimitMs, first }) => {
  const inFlight = new InFlight(new KeptLog(), 2_000, calmLimitMs);
  const happened: string[] = [];
  const payloads: Promise<void>[] = [];
  for (let n = 1; n <= 30; n += 1) {
    payloads.push(
      inFlight.track({ body: {}, ack: async () => void happened.push(`ack ${n}`) }, async ({ ack }) => {
        await ack();
        happened.push('work');
      }),
    );
    await setImmediate();
  }
  await Promise.all(payloads);
  expect(happened[happened.indexOf('work') - 1]).toBe(first);
});
