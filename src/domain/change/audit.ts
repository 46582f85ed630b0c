import { type ProofResult, proofVerdict } from '../cluster/proof-result.ts';
import { render } from '../node-commands/command.ts';
import type { Plan } from '../plan/plan.ts';
import type { Step } from '../plan/step.ts';
import type { ChangeEvent, ChangeId } from './change.ts';
import { clusterOf } from './change-id.ts';
import { proofInFull, resultOf, saysOf, whoOf } from './event-words.ts';
import type { JournalMark } from './record-entry.ts';

/** An event of a change, and its journal line. */
export interface AuditEntry extends JournalMark {
  readonly change: ChangeId;
  readonly event: ChangeEvent;
}

/** The result of a proof outside of any change, and its journal line. */
export interface ProofEntry extends JournalMark {
  readonly proof: ProofResult;
}

/** One line of an audit: who did what, by which plan, with which result. A field that does not apply is empty. */
export interface AuditRow {
  readonly time: string;
  readonly cluster: string;
  /** Empty for a proof outside of any change. */
  readonly change: ChangeId | '';
  /** Type of the event, or `verified`. */
  readonly what: string;
  /** Slack user ID, and the name in Slack's payload. */
  readonly who: string;
  readonly nodes: string;
  /** Digest of the plan that was shown, approved, or is in progress. */
  readonly plan: string;
  readonly step: string;
  /** The step's commands, as shown in the plan. */
  readonly commands: readonly string[];
  readonly result: string;
  readonly seconds: number | '';
  readonly says: string;
  readonly line: number;
  readonly hash: string;
}

/** The audit of these entries, oldest first. A step's commands come from the last plan before it. */
export function auditRows(entries: readonly AuditEntry[], proofs: readonly ProofEntry[] = []): readonly AuditRow[] {
  const plans = new Map<ChangeId, { readonly plan: Plan; readonly digest: string }>();
  const rows = entries.map((entry) => {
    const { change, event } = entry;
    if (event.type === 'planned') plans.set(change, event);
    return rowOf(entry, plans.get(change));
  });
  return proofs.length === 0
    ? rows
    : [...rows, ...proofs.map(rowOfProof)].toSorted((one, other) => one.line - other.line);
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
    says: saysOf(event),
    line,
    hash,
  };
}

const rowOfProof = ({ proof, line, hash }: ProofEntry): AuditRow => ({
  time: proof.ended,
  cluster: proof.cluster,
  ...{ change: '', what: 'verified', who: '', plan: '', step: '', commands: [] },
  nodes: proof.registries.map(({ node }) => node).join(' '),
  result: proofVerdict(proof),
  seconds: (Date.parse(proof.ended) - Date.parse(proof.began)) / 1000,
  says: proofInFull(proof),
  line,
  hash,
});

function nodesOf(event: ChangeEvent, plan: Plan | undefined, step: Step | undefined): string {
  if (step !== undefined) return 'node' in step ? step.node : '';
  if (event.type === 'requested') return event.intent.nodes.join(' ') || 'all';
  return (plan?.approved.intent.nodes ?? []).join(' ');
}
