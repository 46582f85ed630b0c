import { hostname } from 'node:os';
import type { SpanSender } from '../../adapters/otlp/sender.ts';
import type { WorkerConfig } from '../../config/worker-config.ts';
import type { ChangeEvent, ChangeId } from '../../domain/change/change.ts';
import { endsChange } from '../../domain/change/effect.ts';
import { type Trace, traceAfter } from '../../domain/traces/trace.ts';
import { serialQueue } from '../../flow/serial-queue.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Journal } from '../../ports/record.ts';
import type { Log } from '../log.ts';
import type { Opened } from '../opened.ts';
import { VERSION } from '../version.ts';
import { heardJournal } from './heard-journal.ts';

/** What the traces of a worker need. */
export interface TracedParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly opened: Opened;
}

/** A journal whose changes are traced. */
export interface TracedJournal {
  readonly traced: Journal;
  /** Call it for the end of a change that the bot has written, and the journal does not have; again has no effect. */
  readonly onBotEnd: (id: ChangeId, end: ChangeEvent) => void;
}

/** The journal, with a trace of each change if the configuration names a collector. Without one, no package of OpenTelemetry is loaded. */
export async function tracedJournal(
  journal: Journal,
  { cluster, traces, otlpHeaders: headers }: Pick<WorkerConfig, 'cluster' | 'traces' | 'otlpHeaders'>,
  { clock, log, opened }: TracedParts,
): Promise<TracedJournal> {
  if (traces === undefined) return { traced: journal, onBotEnd: () => undefined };
  const { openOtlp } = await import('../../adapters/otlp/otlp.ts');
  const sender = openOtlp({
    ...{ url: traces.otlp, headers, clock, version: VERSION },
    resource: {
      'service.name': 'registry-ha-worker',
      'service.version': VERSION,
      'service.instance.id': `${cluster}@${hostname()}`,
      'host.name': hostname(),
    },
    onUnsent: (err, counts) => log.warn({ err, ...counts }, 'Traces could not be sent'),
    onLeft: (spans) => log.warn({ spans }, 'Traces were not sent before the end'),
  });
  log.info({ otlp: traces.otlp }, 'Traces are on');
  const heard = new TracedChanges(journal, sender, (err) => log.warn({ err }, 'A change could not be traced'));
  opened.keep({ close: () => heard.settled().then(() => sender.close()) });
  return {
    traced: heardJournal(journal, { entry: (id, event, { line }) => heard.hear(id, event, line) }),
    onBotEnd: (id, end) => heard.end(id, end),
  };
}

/** One change runs at a time, while a few others are planned or wait for approval. */
const MOST_REMEMBERED = 20;

/** Follows changes through the journal, and sends the spans that each entry has ended. */
class TracedChanges {
  readonly #journal: Pick<Journal, 'entries'>;
  readonly #traces: Pick<SpanSender, 'send'>;
  readonly #onError: (error: unknown) => void;
  readonly #inTurn = serialQueue();
  /** The least recently heard first. */
  readonly #known = new Map<ChangeId, Trace>();
  /** Changes that the bot has ended; the journal may get that entry later. */
  readonly #over = new Set<ChangeId>();

  constructor(journal: Pick<Journal, 'entries'>, traces: Pick<SpanSender, 'send'>, onError: (error: unknown) => void) {
    this.#journal = journal;
    this.#traces = traces;
    this.#onError = onError;
  }

  /** Returns at once: the change does not wait for its trace. */
  hear(id: ChangeId, event: ChangeEvent, line: number): void {
    if (this.#over.has(id)) return;
    this.#inTurn(() => this.#follow(id, event, line)).catch(this.#onError);
  }

  /** The end of a change that its bot has written. */
  end(id: ChangeId, end: ChangeEvent): void {
    this.hear(id, end, Number.POSITIVE_INFINITY);
    this.#over.add(id);
  }

  /** Waits for what was heard so far. */
  async settled(): Promise<void> {
    await this.#inTurn(async () => undefined);
  }

  async #follow(id: ChangeId, event: ChangeEvent, line: number): Promise<void> {
    const trace = traceAfter(this.#known.get(id) ?? (await this.#before(id, event, line)), event);
    this.#known.delete(id);
    if (trace === null) return;
    // The journal knows a change that is retried later.
    if (!endsChange(event)) this.#known.set(id, trace);
    for (const [oldest] of this.#known) if (this.#known.size > MOST_REMEMBERED) this.#known.delete(oldest);
    this.#traces.send(trace.ended);
  }

  /** A change that this worker has not followed so far, for example after a restart. Its former spans were sent by then. */
  async #before(id: ChangeId, event: ChangeEvent, line: number): Promise<Trace | null> {
    if (event.type === 'requested') return null;
    const entries = await this.#journal.entries(id);
    const former = entries.filter(({ mark }) => mark.line < line).map((entry) => entry.event);
    // By now, the journal may have a copy of the bot's entry.
    const others = former.filter(({ type, at }) => type !== event.type || at !== event.at);
    return others.reduce<Trace | null>(traceAfter, null);
  }
}
