import { afterEach, beforeEach, expect, it } from 'vitest';
import { EVERY_ENTRY } from '../../../../sandbox/seen/every-entry.ts';
import { redisChanges } from '../../../../src/adapters/redis/record/changes.ts';
import { decideChange } from '../../../../src/app/ask/decide-change.ts';
import { doJob } from '../../../../src/app/worker/do-job.ts';
import { approvalBy, bench, bob, granted, plannedChange } from '../../../app/bench.ts';
import { type Bench, redisBench } from '../server.ts';

let server: Bench;
beforeEach(async () => {
  server = await redisBench();
});
afterEach(() => server?.close());

const MOST_ENTRIES = 4_096;

it('a change whose record is full ends with a failure that people are told of, and is not tried for ever', async () => {
  const on = bench();
  const { id } = granted(await on.decide(approvalBy(bob, await plannedChange(on))));
  const redis = server.connect();
  const changes = redisChanges({ redis, cluster: 'lab', proof: EVERY_ENTRY });
  const record = on.changes.events(id);
  for (const [version, event] of record.entries()) await changes.append(id, version, event);
  const step = { type: 'step-done', at: '2026-11-22T10:00:00.000Z', step: 'mount:node-2', already: true, seconds: 1 };
  const more = Array.from({ length: MOST_ENTRIES - record.length - 2 }, () =>
    JSON.stringify({ event: step, key: '', signature: '' }),
  );
  await redis.rpush(`mk8s:lab:change:${id}`, ...more);
  await doJob({ kind: 'apply', id }, { ...on.worker, changes }, new AbortController().signal);
  const ended = (await changes.get(id))?.change;
  expect(ended).toMatchObject({ state: 'failed', failure: { kind: 'record-full' } });
  expect(ended?.failure?.what).toContain('Its record is full (4096 entries or 8 MiB)');
  expect(on.surprises).toEqual([]);
  const ports = { ...on.bot, changes, signer: on.signer, approvalLivesMs: 3_600_000 };
  const again = await decideChange(
    { ...approvalBy(bob, ended ?? granted({ refused: 'expired', says: '' })), kind: 'retry' },
    ports,
  );
  expect(again).toMatchObject({
    refused: 'decided-already',
    tryNext: 'Request a new change. Completed steps are not repeated.',
  });
});
