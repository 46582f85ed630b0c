import { type HrTime, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { PlainFailure } from '../../domain/answers/failure.ts';
import { codeOf } from '../../domain/text/error-code.ts';
import type { AttributeValue, Span, SpanStatus } from '../../domain/traces/span.ts';
import { type SenderOptions, SpanSender, SpansRejected } from './sender.ts';

/** This file loads the packages of OpenTelemetry: import it only when traces are on. */

/** Who sends, and where to. */
export interface OtlpOptions extends Omit<SenderOptions, 'post'> {
  /** Without `/v1/traces`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Attributes of the sender, by the semantic conventions of OpenTelemetry. */
  readonly resource: Readonly<Record<string, string>>;
  readonly version: string;
  /** Limit of one send with its retries; default: 10 s. */
  readonly timeoutMs?: number;
}

type ReadableSpan = Parameters<OTLPTraceExporter['export']>[0][number];

const TIMEOUT_MS = 10_000;
/** Longer than that: the exporter’s own limit begins anew with each byte of an answer. */
const LIMIT_MS = 15_000;
/** A former send that hangs does not stop the next ones. */
const AT_A_TIME = 4;

/** Sends spans to a collector of OpenTelemetry, by OTLP over HTTP with JSON. */
export const openOtlp = (options: OtlpOptions): SpanSender => new SpanSender({ ...options, post: postTo(options) });

/** Asks a collector whether it accepts traces, with an empty message. Throws the failure `traces`. */
export const tryOtlp = (options: Pick<OtlpOptions, 'url' | 'headers' | 'clock' | 'timeoutMs'>): Promise<void> =>
  postTo({ ...options, resource: {}, version: '' })([]);

type PostOptions = Pick<OtlpOptions, 'url' | 'headers' | 'clock' | 'resource' | 'version' | 'timeoutMs'>;

function postTo({ url, headers, clock, resource, version, timeoutMs }: PostOptions): SenderOptions['post'] {
  const exporter = new OTLPTraceExporter({
    url: tracesUrl(url),
    headers: { ...headers },
    timeoutMillis: timeoutMs ?? TIMEOUT_MS,
    concurrencyLimit: AT_A_TIME,
  });
  const about = {
    resource: resourceFromAttributes({ ...resource }),
    instrumentationScope: { name: 'registry-ha', version },
  };
  const exported = (spans: readonly Span[]): Promise<void> =>
    new Promise((resolve, reject) => {
      exporter.export(
        spans.map((span) => readable(span, about)),
        ({ code, error }) => (code === 0 ? resolve() : reject(error)),
      );
    });
  return async (spans) => {
    try {
      await limited(exported(spans), clock);
    } catch (error) {
      throw unsent(url, error);
    }
  };
}

async function limited(sent: Promise<void>, clock: OtlpOptions['clock']): Promise<void> {
  const over = new AbortController();
  const late = clock.sleep(LIMIT_MS, over.signal).then(
    () => Promise.reject(new Error(`no answer within ${LIMIT_MS / 1000} s`)),
    () => undefined,
  );
  try {
    await Promise.race([sent, late]);
  } finally {
    over.abort();
  }
}

const tracesUrl = (url: string): string => `${url.replace(/\/+$/, '')}/v1/traces`;

function readable(span: Span, about: Pick<ReadableSpan, 'resource' | 'instrumentationScope'>): ReadableSpan {
  const { name, trace: traceId, parent, from, to, attributes, links } = span;
  const contextOf = (spanId: string, trace = traceId) => ({ traceId: trace, spanId, traceFlags: TraceFlags.SAMPLED });
  return {
    ...{ ...about, name, kind: SpanKind.INTERNAL, ended: true, events: [] },
    spanContext: () => contextOf(span.span),
    ...(parent === null ? {} : { parentSpanContext: contextOf(parent) }),
    startTime: timeOf(Date.parse(from)),
    endTime: timeOf(Date.parse(to)),
    duration: timeOf(Date.parse(to) - Date.parse(from)),
    status: statusOf(span.status),
    attributes: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, changeable(value)])),
    links: links.map((link) => ({ context: contextOf(link.span, link.trace) })),
    ...{ droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0 },
  };
}

const timeOf = (ms: number): HrTime => [Math.floor(ms / 1000), (ms % 1000) * 1_000_000];

function changeable(value: AttributeValue): string | number | boolean | string[] {
  return typeof value === 'object' ? [...value] : value;
}

function statusOf(status: SpanStatus): ReadableSpan['status'] {
  switch (status.is) {
    case 'ok':
      return { code: SpanStatusCode.OK };
    case 'unset':
      return { code: SpanStatusCode.UNSET };
    case 'error':
      return { code: SpanStatusCode.ERROR, message: status.says };
  }
}

/** Answers after which the same spans must not be sent again: bad request, too large, wrong type, not understood. */
const NEVER: ReadonlySet<number> = new Set([400, 413, 415, 422]);

const NEXT =
  'Check traces.otlp in worker.yaml, REGISTRY_HA_OTLP_HEADERS, and the collector. Changes continue without traces.';

function unsent(url: string, error: unknown): PlainFailure {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  const failure = { where: `the collector ${url}`, what: whatFailed(error, code), next: NEXT };
  const isLost = typeof code === 'number' && NEVER.has(code);
  return new (isLost ? SpansRejected : PlainFailure)('traces', failure, { cause: error });
}

function whatFailed(error: unknown, code: unknown): string {
  if (typeof code === 'number') return `It rejects traces with HTTP status ${code}.`;
  if (codeOf(error) !== '') return `It cannot be reached (${codeOf(error)}).`;
  // The exporter keeps the status to itself after its last try.
  if (error instanceof Error && error.name === 'OTLPExporterError')
    return 'It accepts no traces at the moment (HTTP status 429, 502, 503 or 504).';
  return `It did not answer (${error instanceof Error ? error.message : String(error)}).`;
}
