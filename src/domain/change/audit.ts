import { render } from '../node-commands/command.ts';
import { type Intent, undoneChange } from '../plan/intent.ts';
import type { Plan } from '../plan/plan.ts';
import type { Step } from '../plan/step.ts';
import type { ChangeEvent, ChangeId } from './change.ts';
import { clusterOf } from './change-id.ts';
import type { JournalMark } from './record-entry.ts';

/** An event of a change, and the journal line that tells it. */
export interface AuditEntry extends JournalMark {
  readonly change: ChangeId;
  readonly event: ChangeEvent;
}

/** One line of an audit: who did what, by which plan, with which result; empty where it has no sense. */
export interface AuditRow {
  readonly time: string;
  readonly cluster: string;
  readonly change: ChangeId;
  /** Type of the event. */
  readonly what: string;
  /** Slack user id, and the name Slack gave with it. */
  readonly who: string;
  readonly nodes: string;
  /** Digest of the plan that was shown, approved, or is being carried out. */
  readonly plan: string;
  readonly step: string;
  /** The step's commands as they were shown. */
  readonly commands: readonly string[];
  readonly result: string;
  readonly seconds: number | '';
  readonly says: string;
  readonly line: number;
  readonly hash: string;
}

/** The audit of these entries, which begin with the oldest: a step's commands are those of the last plan before it. */
export function auditRows(entries: readonly AuditEntry[]): readonly AuditRow[] {
  const plans = new Map<ChangeId, { readonly plan: Plan; readonly digest: string }>();
  return entries.map((entry) => {
    const { change, event } = entry;
    if (event.type === 'planned') plans.set(change, event);
    return rowOf(entry, plans.get(change));
  });
}

function rowOf(
  { change, event, line, hash }: AuditEntry,
  known: { readonly plan: Plan; readonly digest: string } | undefined,
): AuditRow {
  const step = 'step' in event ? known?.plan.approved.steps.find(({ id }) => id === event.step) : undefined;
  return {
    time: event.at,
    cluster: clusterOf(change),
    change,
    what: event.type,
    who: whoOf(event),
    nodes: nodesOf(event, known?.plan, step),
    plan: event.type === 'approved' ? event.signed.approval.digest : (known?.digest ?? ''),
    step: 'step' in event ? event.step : '',
    commands: step?.commands.map(({ on, command }) => `${on}$ ${render(command)}`) ?? [],
    result: resultOf(event),
    seconds: 'seconds' in event ? event.seconds : '',
    says: wordsOf(event),
    line,
    hash,
  };
}

function whoOf(event: ChangeEvent): string {
  if (event.type === 'approved') return event.signed.approval.approvers.join(' ');
  const person = event.type === 'requested' ? event.requester : 'by' in event && event.by;
  if (person === false || person === undefined) return '';
  return person.id === person.name ? person.id : `${person.id} (${person.name})`;
}

function nodesOf(event: ChangeEvent, plan: Plan | undefined, step: Step | undefined): string {
  if (step !== undefined) return 'node' in step ? step.node : '';
  if (event.type === 'requested') return event.intent.nodes.join(' ');
  return (plan?.approved.intent.nodes ?? []).join(' ');
}

function resultOf(event: ChangeEvent): string {
  switch (event.type) {
    case 'step-done':
      return event.already ? 'already so' : 'done';
    case 'step-failed':
    case 'failed':
      return `failed (${event.failure.kind})`;
    case 'refused':
      return `refused (${event.refusal.refused})`;
    case 'done':
      return 'done';
    default:
      return '';
  }
}

function wordsOf(event: ChangeEvent): string {
  switch (event.type) {
    case 'requested':
      return requestWords(event.intent);
    case 'planned':
      return `${event.plan.approved.steps.length} steps, to be decided until ${event.expires}`;
    case 'approved':
      return `asked by ${event.signed.approval.requester}, to be started until ${event.signed.approval.expires}, signed with ${event.signed.key}`;
    case 'job-started':
      return `Salt job ${event.jid}`;
    case 'step-done':
      return event.note ?? '';
    case 'step-failed':
    case 'failed':
      return `${event.failure.where}: ${event.failure.what}`;
    case 'refused':
      return event.refusal.says;
    case 'undone':
      return `undone by ${event.change}`;
    case 'done':
      return `served ${event.proof.served}/${event.proof.expected} images, engines ${event.proof.engines}/${event.proof.engineTotal}`;
    default:
      return '';
  }
}

const requestWords = (intent: Intent): string =>
  [intent.verb, undoneChange(intent) ?? '', intent.reason ?? ''].filter((word) => word !== '').join(' ');
