import type { ChangeEvent, ChangeId } from '../change/change.ts';
import { endsChange } from '../change/effect.ts';
import { undoneChange } from '../plan/intent.ts';
import type { Attributes, Span } from './span.ts';
import { refOf, WHOLE } from './span.ts';
import {
  CUT_SHORT,
  changeAttributes,
  endBy,
  kindOfStep,
  type Requested,
  type SpanEnd,
  sharedAttributes,
  stepAttributes,
} from './words.ts';

/** A part of a change that has begun. */
interface Part {
  /** Unique in the change; the span's ID is made from it. */
  readonly part: string;
  readonly name: string;
  readonly from: string;
  readonly attributes: Attributes;
}

/** A run of the change. The first one ends with the change's first end; each retry is a run of its own. */
interface Run extends Part {
  readonly number: number;
}

/** The trace of a change, after some of its events. */
export interface Trace {
  readonly request: Requested;
  /** The spans that the last event has ended. */
  readonly ended: readonly Span[];
  /** Null between the end of a run and a retry. */
  readonly run: Run | null;
  /** Runs so far. */
  readonly runs: number;
  /** What the change does between its steps: it is planned, or it waits. */
  readonly phase: Part | null;
  /** Steps in progress, and attempts so far, by the steps' IDs. */
  readonly steps: Readonly<Record<string, Part>>;
  readonly attempts: Readonly<Record<string, number>>;
  readonly known: Readonly<Record<string, Attributes>>;
  readonly digest: string | null;
}

const PLAN = 'plan';
const APPROVAL = 'wait for approval';
const RETRY = 'wait for retry';
const QUEUE = 'wait in queue';
const INSPECT = 'inspect again';

/** The spans of a change that have ended, in the order of their ends. None if the events do not begin with the request. */
export function spansOf(events: readonly ChangeEvent[]): readonly Span[] {
  const spans: Span[] = [];
  let trace: Trace | null = null;
  for (const event of events) {
    trace = traceAfter(trace, event);
    spans.push(...(trace?.ended ?? []));
  }
  return spans;
}

/** The trace after one more event; null until the request. */
export function traceAfter(before: Trace | null, event: ChangeEvent): Trace | null {
  if (before === null) return event.type === 'requested' ? begun(event) : null;
  const trace = { ...before, ended: [] };
  switch (event.type) {
    case 'planned': {
      const known = { ...trace, known: stepAttributes(event.plan), digest: event.digest };
      return inPhase(phaseEnded(known, event.at, DONE), partOf(APPROVAL, event.at));
    }
    case 'approved':
      return approved(trace, event);
    case 'started':
      return phaseEnded(trace, event.at, DONE);
    case 'step-started':
      return stepBegun(trace, event.step, event.at);
    case 'job-started':
      return jobBegun(trace, event.step, event.jid);
    case 'step-done':
    case 'step-failed':
      return stepEnded(trace, event);
    default:
      return endsChange(event) ? runEnded(trace, event) : trace;
  }
}

const DONE: SpanEnd = { status: { is: 'ok' }, attributes: {} };

const partOf = (name: string, from: string, run = 1, attributes: Attributes = {}): Part => ({
  ...{ name, from, attributes },
  part: run === 1 ? name : `${name} ${run}`,
});

function begun(request: Requested): Trace {
  const { at, intent } = request;
  return {
    request,
    ended: [],
    run: { part: WHOLE, name: `change ${intent.verb}`, from: at, attributes: {}, number: 1 },
    runs: 1,
    phase: partOf(PLAN, at),
    steps: {},
    attempts: {},
    known: {},
    digest: null,
  };
}

const inPhase = (trace: Trace, phase: Part | null): Trace => ({ ...trace, phase });

function phaseEnded(trace: Trace, at: string, end: SpanEnd): Trace {
  return trace.phase === null ? trace : inPhase(withSpan(trace, trace.phase, at, end), null);
}

/**
 * The journal notes an approval when the worker takes the job; people gave it at the time that is signed. A worker that died between
 * approval and start notes the same approval again.
 */
function approved(trace: Trace, { at, signed }: Extract<ChangeEvent, { readonly type: 'approved' }>): Trace {
  const { phase } = trace;
  if (phase === null || (phase.name !== APPROVAL && phase.name !== RETRY)) return trace;
  const { at: given, notBefore } = signed.approval;
  const decided = earlier(later(given, phase.from), later(at, phase.from));
  const waited = phaseEnded(trace, decided, DONE);
  const run = waited.run ?? retryOf(waited, decided);
  const running = { ...waited, run, runs: run.number };
  const opens: Attributes = notBefore === undefined ? {} : { 'registry_ha.not_before': notBefore };
  const queued = withSpan(running, partOf(QUEUE, decided, run.number, opens), at, DONE);
  return inPhase(queued, partOf(INSPECT, later(at, decided), run.number));
}

function retryOf({ runs }: Trace, from: string): Run {
  const number = runs + 1;
  return { ...partOf('retry', from, number, { 'registry_ha.run': number }), number };
}

/** The former attempt of a step that begins again was interrupted: the worker died in it. */
function stepBegun(trace: Trace, step: string, at: string): Trace {
  const left = stepCut(trace, step, at);
  const attempt = (left.attempts[step] ?? 0) + 1;
  const kind = kindOfStep(step);
  const attributes = {
    'registry_ha.step': step,
    'registry_ha.kind': kind,
    ...left.known[step],
    'registry_ha.attempt': attempt,
  };
  const begins = { part: `step ${step} ${attempt}`, name: `step ${kind}`, from: at, attributes };
  return { ...left, attempts: { ...left.attempts, [step]: attempt }, steps: { ...left.steps, [step]: begins } };
}

function jobBegun(trace: Trace, step: string, jid: string): Trace {
  const part = trace.steps[step];
  if (part === undefined) return trace;
  const attributes = { ...part.attributes, 'registry_ha.salt_job': jid };
  return { ...trace, steps: { ...trace.steps, [step]: { ...part, attributes } } };
}

type StepEnd = Extract<ChangeEvent, { readonly type: 'step-done' | 'step-failed' }>;

/** A step that was found done before its turn has an end only. */
function stepEnded(before: Trace, event: StepEnd): Trace {
  const { step, at, seconds } = event;
  const trace = before.steps[step] === undefined ? stepBegun(before, step, secondsBefore(at, seconds)) : before;
  const { status, attributes } = endBy(event);
  const result = event.type === 'step-done' ? { already: event.already, is: 'done' } : { already: false, is: 'failed' };
  return withoutStep(trace, step, at, {
    status,
    attributes: { 'registry_ha.result': result.is, 'registry_ha.already': result.already, ...attributes },
  });
}

const stepCut = (trace: Trace, step: string, at: string): Trace => withoutStep(trace, step, at, CUT_SHORT);

function withoutStep(trace: Trace, step: string, at: string, end: SpanEnd): Trace {
  const { [step]: part, ...steps } = trace.steps;
  return part === undefined ? trace : { ...withSpan(trace, part, at, end), steps };
}

/**
 * The change's first end is the end of its span: a span that was sent cannot grow. A retry has its own span inside of the change's. A
 * change that has ended already gets no second end.
 */
function runEnded(before: Trace, event: ChangeEvent): Trace {
  const end = endBy(event);
  const cut = Object.keys(before.steps).reduce((trace, step) => stepCut(trace, step, event.at), before);
  const trace = phaseEnded(cut, event.at, end);
  const { run, request, digest } = trace;
  if (run === null) return trace;
  const about = run.part === WHOLE ? changeAttributes(request, digest) : {};
  const attributes = { ...about, 'registry_ha.end': event.type, ...end.attributes };
  const ended = withSpan(trace, run, event.at, { status: end.status, attributes });
  const isOpen = event.type === 'failed';
  return { ...ended, run: null, phase: isOpen ? partOf(RETRY, event.at, trace.runs) : null };
}

/** Adds a span; its parent is the run around it, or the change. */
function withSpan(trace: Trace, { part, name, from, attributes }: Part, at: string, end: SpanEnd): Trace {
  const { request, run } = trace;
  const isWhole = part === WHOLE;
  const around = part === run?.part ? WHOLE : (run?.part ?? WHOLE);
  const span: Span = {
    ...refOf(request.id, part),
    parent: isWhole ? null : refOf(request.id, around).span,
    ...{ name, from, to: later(at, from) },
    status: end.status,
    attributes: { ...sharedAttributes(request), ...attributes, ...end.attributes },
    links: isWhole ? linksOf(request) : [],
  };
  return { ...trace, ended: [...trace.ended, span] };
}

/** An undo points to the change that it undoes. */
function linksOf({ intent }: Requested): Span['links'] {
  const undoes: ChangeId | null = undoneChange(intent);
  return undoes === null ? [] : [refOf(undoes, WHOLE)];
}

const later = (one: string, other: string): string => (Date.parse(one) < Date.parse(other) ? other : one);
const earlier = (one: string, other: string): string => (Date.parse(one) < Date.parse(other) ? one : other);
const secondsBefore = (at: string, seconds: number): string => new Date(Date.parse(at) - seconds * 1000).toISOString();
