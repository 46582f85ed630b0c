import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import selfsigned from 'selfsigned';
import { afterEach, expect, it, vi } from 'vitest';
import { openOtlp, tryOtlp } from '../../../src/adapters/otlp/otlp.ts';
import { SpansRejected } from '../../../src/adapters/otlp/sender.ts';
import { PlainFailure } from '../../../src/domain/answers/failure.ts';
import { refOf } from '../../../src/domain/traces/span.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { type Answer, accept, busy, hang, otlpCollector, status, trickle } from '../../fixtures/otlp-collector.ts';
import { spanOf } from '../../fixtures/spans.ts';

const toClose: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of toClose.splice(0)) await one.close();
});

/** A sender to this address, with the first failure that it reports. */
function senderTo(url: string, clock = new FakeClock()) {
  const { promise: failed, resolve } = Promise.withResolvers<PlainFailure>();
  const sender = openOtlp({
    ...{ url, clock, version: '1.2.3', timeoutMs: 300 },
    headers: { Authorization: 'Bearer of-the-test' },
    resource: { 'service.name': 'registry-ha-worker' },
    onUnsent: (error) => void (error instanceof PlainFailure && resolve(error)),
    onLeft: () => undefined,
  });
  return { clock, sender, failed };
}

async function collector(answer?: Answer, tls?: Parameters<typeof otlpCollector>[1]) {
  const opened = await otlpCollector(answer, tls);
  toClose.push(opened);
  return opened;
}

it('sends spans to the path of the protocol, with IDs, times, parent, status, attributes, links and headers', async () => {
  const there = await collector();
  const { sender, clock } = senderTo(`${there.url}/`);
  const attributes = { 'registry_ha.change': 'lab-7f3k2q', 'registry_ha.attempt': 2, 'registry_ha.already': true };
  const failed = { is: 'error', says: 'node-2: no space left' } as const;
  const links = [refOf('lab-aaaaaa', 'change')];
  const { span: parent } = refOf('lab-7f3k2q', 'change');
  const nodes = { 'registry_ha.nodes': ['node-2', 'node-3'] };
  sender.send([spanOf('step copy', { parent, status: failed, attributes: { ...attributes, ...nodes }, links })]);
  await clock.advance(1_000);
  await there.got(1);
  const [request] = there.requests;
  expect(request?.path).toBe('/v1/traces');
  expect(request?.headers).toMatchObject({ 'content-type': 'application/json', authorization: 'Bearer of-the-test' });
  const [sent] = request?.body.resourceSpans ?? [];
  expect(sent?.resource.attributes).toEqual([{ key: 'service.name', value: { stringValue: 'registry-ha-worker' } }]);
  expect(there.spans()).toEqual([
    {
      traceId: refOf('lab-7f3k2q', 'x').trace,
      spanId: refOf('lab-7f3k2q', 'step copy').span,
      parentSpanId: parent,
      name: 'step copy',
      startTimeUnixNano: `${Date.parse('2026-11-22T10:00:00.125Z')}000000`,
      endTimeUnixNano: `${Date.parse('2026-11-22T10:00:02.000Z')}000000`,
      status: { code: 2, message: 'node-2: no space left' },
      attributes: [
        { key: 'registry_ha.change', value: { stringValue: 'lab-7f3k2q' } },
        { key: 'registry_ha.attempt', value: { intValue: 2 } },
        { key: 'registry_ha.already', value: { boolValue: true } },
        {
          key: 'registry_ha.nodes',
          value: { arrayValue: { values: [{ stringValue: 'node-2' }, { stringValue: 'node-3' }] } },
        },
      ],
      links: [{ traceId: links[0]?.trace, spanId: links[0]?.span }],
    },
  ]);
});

it.each<readonly [string, Answer, RegExp, boolean]>([
  ['is busy', busy, /429, 502, 503 or 504/, false],
  ['rejects the login', status(401), /HTTP status 401/, false],
  ['rejects the spans for good', status(400), /HTTP status 400/, true],
  ['hangs', hang, /did not answer/, false],
])('says what is wrong with a collector that %s, and how to go on', async (_, answer, says, isLost) => {
  const there = await collector(answer);
  const { sender, clock, failed } = senderTo(there.url);
  sender.send([spanOf('plan')]);
  await clock.advance(1_000);
  const failure = await failed;
  expect(failure.message).toContain(there.url);
  expect(failure.what).toMatch(says);
  expect(failure.next).toContain('traces.otlp in worker.yaml');
  expect(failure instanceof SpansRejected).toBe(isLost);
  there.answerWith(accept);
  await clock.advance(30_000);
  if (!isLost) await there.got(2);
  expect(there.requests).toHaveLength(isLost ? 1 : 2);
});

it('says that nobody listens at the address', async () => {
  const free = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => free.once('listening', resolve));
  const address = free.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  await new Promise((resolve) => free.close(resolve));
  const { sender, clock, failed } = senderTo(`http://127.0.0.1:${port}`);
  sender.send([spanOf('plan')]);
  await clock.advance(1_000);
  expect((await failed).what).toBe('It cannot be reached (ECONNREFUSED).');
});

it('does not wait for a collector that never ends its answer', async () => {
  const there = await collector(trickle);
  const { sender, clock, failed } = senderTo(there.url);
  sender.send([spanOf('plan')]);
  await clock.advance(1_000);
  await there.got(1);
  await clock.advance(15_000);
  expect((await failed).what).toBe('It did not answer (no answer within 15 s).');
});

it('trusts the private CA that the environment names', async () => {
  const { private: key, cert } = await selfsigned.generate([{ name: 'commonName', value: 'collector' }], {
    keySize: 2048,
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  const there = await collector(accept, { key, cert });
  const folder = mkdtempSync(join(tmpdir(), 'registry-ha-otlp-'));
  try {
    const { sender: unaware, clock: clock1, failed } = senderTo(there.url);
    unaware.send([spanOf('plan')]);
    await clock1.advance(1_000);
    expect((await failed).what).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
    writeFileSync(join(folder, 'ca.crt'), cert);
    vi.stubEnv('OTEL_EXPORTER_OTLP_CERTIFICATE', join(folder, 'ca.crt'));
    const { sender, clock } = senderTo(there.url);
    sender.send([spanOf('plan')]);
    await clock.advance(1_000);
    await there.got(1);
    expect(there.spans()).toHaveLength(1);
  } finally {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  }
});

it('asks a collector whether it accepts traces, without sending any', async () => {
  const there = await collector();
  const asked = { url: there.url, headers: {}, clock: new FakeClock(), timeoutMs: 300 };
  await tryOtlp(asked);
  expect(there.requests.map(({ path, body }) => [path, body.resourceSpans])).toEqual([['/v1/traces', []]]);
  there.answerWith(status(401));
  await expect(tryOtlp(asked)).rejects.toMatchObject({ what: 'It rejects traces with HTTP status 401.' });
});
