import { expect, it } from 'vitest';
import { redisFailed } from '../../src/adapters/redis/server/failures.ts';
import { PlainFailure } from '../../src/domain/answers/failure.ts';
import { calmLog } from '../../src/runtime/calm-log.ts';
import { openLog } from '../../src/runtime/log.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

const refused = () => redisFailed(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));

it('an outage of Redis is one line a minute and cause, and other lines are unaffected', async () => {
  const clock = new FakeClock();
  const lines: string[] = [];
  const log = calmLog(
    openLog('info', 'test', [], (line) => lines.push(line)),
    clock,
  );
  for (let second = 0; second < 120; second += 1) {
    log.warn({ err: refused() }, 'Redis connection error');
    log.error({ err: refused(), cluster: `c${second}` }, 'State of the worker is unknown');
    await clock.advance(1_000);
  }
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain('start Redis, or correct redis.url');
  expect(lines[1]).toContain('"unsaid":119');
  log.warn({ err: redisFailed(new Error('Command timed out')) }, 'Redis connection error');
  expect(lines).toHaveLength(3);
  log.warn({ err: new Error('Slack is away') }, 'Card could not be drawn');
  log.warn({ err: new Error('Slack is away') }, 'Card could not be drawn');
  expect(lines).toHaveLength(5);
});

it('a collector that takes no traces is one line a minute, and counts as no outage of Redis', async () => {
  const clock = new FakeClock();
  const lines: string[] = [];
  let ofRedis = 0;
  const log = calmLog(
    openLog('info', 'test', [], (line) => lines.push(line)),
    clock,
    () => {
      ofRedis += 1;
    },
  );
  const err = new PlainFailure('traces', { where: 'the collector', what: 'It is busy.', next: 'Check traces.otlp.' });
  for (let second = 0; second < 120; second += 30) {
    log.warn({ err, waiting: second }, 'Traces could not be sent');
    log.warn({ err: refused() }, 'Redis connection error');
    await clock.advance(30_000);
  }
  const ofTraces = lines.filter((line) => line.includes('Traces could not be sent'));
  expect(ofTraces).toHaveLength(2);
  expect(ofTraces[1]).toContain('"next":"Check traces.otlp.","unsaid":1');
  expect(ofRedis).toBe(4);
});
