import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { doJob } from '../../../src/app/worker/do-job.ts';
import { spansOf } from '../../../src/domain/traces/trace.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Journal } from '../../../src/ports/record.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { openLog } from '../../../src/runtime/log.ts';
import { Opened } from '../../../src/runtime/opened.ts';
import { tracedJournal } from '../../../src/runtime/worker/traced-journal.ts';
import { approvalBy, type Bench, bench, bob, granted, plannedChange, stateOf, underWay } from '../../app/bench.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { type Answer, hang, otlpCollector, status } from '../../fixtures/otlp-collector.ts';

const ROOT = join(import.meta.dirname, '../../..');

const toClose: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of toClose.splice(0)) await one.close();
});

async function collector(answer?: Answer) {
  const opened = await otlpCollector(answer);
  toClose.push(opened);
  return opened;
}

/** A worker’s journal with traces to this address, as each start of a worker makes it. */
async function startOn(journal: Journal, otlp: string, clock: Clock = systemClock) {
  const opened = new Opened();
  const lines: string[] = [];
  const log = openLog('info', 'test', [], (line) => lines.push(line));
  const config = { cluster: 'lab', traces: { otlp }, otlpHeaders: { Authorization: 'Basic of-the-test' } };
  return { ...(await tracedJournal(journal, config, { clock, log, opened })), opened, lines };
}

const workOn = (on: Bench, journal: Journal): Promise<void> =>
  on.queue.drain((job) => doJob(job, { ...on.worker, journal }, new AbortController().signal));

/** Requests, plans, approves and applies a change with this journal; its ID. */
async function wholeChange(on: Bench, journal: Journal): Promise<string> {
  const { id } = granted(await on.request());
  await workOn(on, journal);
  const change = await stateOf(on, id);
  if (change === undefined) throw new Error('the change is not stored');
  granted(await on.decide(approvalBy(bob, change)));
  await workOn(on, journal);
  expect((await stateOf(on, id))?.state).toBe('done');
  return id;
}

/** A change whose worker was cut off after it began to mount. */
async function interruptedChange(on: Bench, journal: Journal): Promise<string> {
  const worker = { ...on.worker, journal };
  const never = new AbortController().signal;
  return await underWay({
    ...on,
    worker,
    work: (signal = never) => on.queue.drain((job) => doJob(job, worker, signal)),
  });
}

const idsOf = async (on: Bench, id: string): Promise<readonly string[]> =>
  spansOf(await on.journal.events(id)).map(({ span }) => span);

describe('a journal with traces', () => {
  it('sends every span of a change once, the change itself at its end', async () => {
    const [on, there] = [bench(), await collector()];
    const { traced, opened } = await startOn(on.journal, there.url);
    const id = await wholeChange(on, traced);
    await opened.close();
    expect(there.spans().map(({ spanId }) => spanId)).toEqual(await idsOf(on, id));
    expect(there.spans().at(-1)?.name).toBe('change add');
    const [request] = there.requests;
    const resource = request?.body.resourceSpans[0]?.resource.attributes;
    expect(resource).toContainEqual({ key: 'service.name', value: { stringValue: 'registry-ha-worker' } });
  });

  it('goes on with the same trace after a restart, and sends nothing twice', async () => {
    const [on, there] = [bench(), await collector()];
    const first = await startOn(on.journal, there.url);
    const id = await interruptedChange(on, first.traced);
    await first.opened.close();
    const before = there.spans().length;
    const second = await startOn(on.journal, there.url);
    await doJob({ kind: 'apply', id }, { ...on.worker, journal: second.traced }, new AbortController().signal);
    await second.opened.close();
    expect(before).toBeGreaterThan(3);
    const spans = there.spans();
    expect(spans.map(({ spanId }) => spanId)).toEqual(await idsOf(on, id));
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    const mounts = spans.filter(({ name }) => name === 'step mount').map(({ attributes }) => attributes);
    expect(JSON.stringify(mounts[0])).toContain('interrupted');
  });

  it('ends the trace of a change of which it has heard nothing but the end', async () => {
    const [on, there] = [bench(), await collector()];
    const { id } = await plannedChange(on);
    const { traced, opened } = await startOn(on.journal, there.url);
    const failure = { kind: 'record-lost', where: 'Redis', what: 'Redis lost its data.', next: 'Find out why.' };
    await traced.append(id, { type: 'failed', at: on.clock.now().toISOString(), failure });
    await opened.close();
    expect(there.spans().map(({ name }) => name)).toEqual(['wait for approval', 'change add']);
  });

  it('ends the trace of a change that the bot has ended, once, even if the journal gets that entry later', async () => {
    const [on, there] = [bench(), await collector()];
    const { id } = await plannedChange(on);
    const { traced, onBotEnd, opened } = await startOn(on.journal, there.url);
    const end = { type: 'cancelled', at: on.clock.now().toISOString(), by: bob } as const;
    onBotEnd(id, end);
    onBotEnd(id, end);
    await traced.append(id, end);
    await opened.close();
    expect(there.spans().map(({ name }) => name)).toEqual(['wait for approval', 'change add']);
  });

  it('never delays or fails a change, even if the collector hangs', async () => {
    const [on, there, clock] = [bench(), await collector(hang), new FakeClock()];
    const { traced, opened, lines } = await startOn(on.journal, there.url, clock);
    await wholeChange(on, traced);
    expect(on.surprises).toEqual([]);
    const closed = opened.close();
    await there.got(1);
    await clock.advance(3_000);
    await closed;
    expect(lines.join('')).toMatch(/"spans":\d+,"msg":"Traces were not sent before the end"/);
  });

  it('says in the log that the collector rejects them, without the header that it sent', async () => {
    const [on, there] = [bench(), await collector(status(401))];
    const { traced, opened, lines } = await startOn(on.journal, there.url);
    await wholeChange(on, traced);
    await opened.close();
    expect(there.requests[0]?.headers.authorization).toBe('Basic of-the-test');
    expect(lines.join('')).toMatch(/HTTP status 401.*"msg":"Traces could not be sent"/);
    expect(lines.join('')).not.toContain('of-the-test');
  });

  it('says in the log that it cannot trace, while the change goes on', async () => {
    const [on, there] = [bench(), await collector()];
    const { id } = await plannedChange(on);
    on.journal.entries = () => Promise.reject(new Error('the disk is away'));
    const { traced, opened, lines } = await startOn(on.journal, there.url);
    await expect(traced.append(id, { type: 'started', at: on.clock.now().toISOString() })).resolves.toBeDefined();
    await opened.close();
    expect(lines.join('')).toContain('A change could not be traced');
  });
});

describe('without traces', () => {
  const PROBE = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
    const { tracedJournal } = await import('./src/runtime/worker/traced-journal.ts');
    const traces = process.argv[1] === 'on' ? { otlp: 'http://127.0.0.1:9' } : undefined;
    if (traces === undefined) await import('./src/worker.ts');
    const parts = { clock: {}, log: { info: () => undefined }, opened: { keep: () => undefined } };
    await tracedJournal({}, { cluster: 'lab', traces, otlpHeaders: {} }, parts);
    const names = loaded.map((url) => /node_modules\\/@opentelemetry\\/([^/]+)/.exec(url)?.[1]);
    console.log([...new Set(names)].filter((name) => name !== undefined).sort().join(' '));
  `;
  const loadedWith = (traces: 'on' | 'off'): string => {
    const words = ['--no-warnings', '--input-type=module', '-e', PROBE, traces];
    return execFileSync(process.execPath, words, { cwd: ROOT, encoding: 'utf8' }).trim();
  };

  it('the worker loads no package of OpenTelemetry, but the interface that its metrics need anyway', () => {
    expect(loadedWith('off')).toBe('api');
    expect(loadedWith('on')).toContain('exporter-trace-otlp-http');
  });
});
