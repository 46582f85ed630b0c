import type { ChangeEvent } from '../change/change.ts';
import { shortDigest } from '../plan/digest.ts';
import { undoneChange } from '../plan/intent.ts';
import type { Plan } from '../plan/plan.ts';
import { nodesOf } from '../plan/step-shared.ts';
import type { Attributes, SpanStatus } from './span.ts';

/** What a span says about its end. */
export interface SpanEnd {
  readonly status: SpanStatus;
  readonly attributes: Attributes;
}

type EventOf<T extends ChangeEvent['type']> = Extract<ChangeEvent, { readonly type: T }>;

export type Requested = EventOf<'requested'>;

/** What every span of a change has. People and reasons are left out: they are in the journal. */
export const sharedAttributes = ({ id, intent }: Requested): Attributes => ({
  'registry_ha.change': id,
  'registry_ha.cluster': intent.cluster,
  'registry_ha.verb': intent.verb,
});

/** What the span of the whole change has, besides. */
export function changeAttributes({ intent }: Requested, digest: string | null): Attributes {
  const undoes = undoneChange(intent);
  return {
    ...(intent.nodes.length === 0 ? {} : { 'registry_ha.nodes': intent.nodes }),
    ...(digest === null ? {} : { 'registry_ha.plan': shortDigest(digest) }),
    ...(undoes === null ? {} : { 'registry_ha.undoes': undoes }),
  };
}

/** Where the steps of a plan work, by their IDs; nothing for a step that only looks. */
export const stepAttributes = ({ approved }: Plan): Readonly<Record<string, Attributes>> =>
  Object.fromEntries(approved.steps.map((step) => [step.id, placeOf(nodesOf(step))]));

function placeOf(nodes: readonly string[]): Attributes {
  const [first] = nodes;
  if (first === undefined) return {};
  return nodes.length === 1 ? { 'registry_ha.node': first } : { 'registry_ha.nodes': nodes };
}

/** The kind of a step in metrics and traces, by its ID: `copy` of `copy:node-2:metalk8s-128.0.1`. */
export const kindOfStep = (step: string): string => step.split(':', 1)[0] ?? step;

/** How an event ends a part of a change. A failure says what the log says. */
export function endBy(event: ChangeEvent): SpanEnd {
  switch (event.type) {
    case 'failed':
    case 'step-failed': {
      const { kind, where, what } = event.failure;
      return { status: { is: 'error', says: `${where}: ${what}` }, attributes: { 'error.type': kind } };
    }
    case 'refused':
      return { status: UNSET, attributes: { 'registry_ha.refusal': event.refusal.refused } };
    case 'denied':
    case 'expired':
    case 'cancelled':
      return { status: UNSET, attributes: {} };
    default:
      return { status: { is: 'ok' }, attributes: {} };
  }
}

const UNSET: SpanStatus = { is: 'unset' };

/** A part whose end nobody has seen, because the worker died, or because the change ended first. */
export const CUT_SHORT: SpanEnd = { status: UNSET, attributes: { 'registry_ha.result': 'interrupted' } };
