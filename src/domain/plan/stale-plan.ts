import { type Refusal, refuse } from '../answers/refusal.ts';
import type { NodeAccess } from '../cluster/facts.ts';
import { canonicalJson } from '../text/canonical.ts';
import { listed } from '../text/format.ts';
import type { ApprovedPart, Plan } from './plan.ts';
import type { Step } from './step.ts';

/** The approved steps that are still needed; a refusal if the new plan has a step, archive or host key that nobody approved. */
export function stepsStillNeeded({ approved }: Plan, { approved: fresh }: Plan): readonly Step[] | Refusal {
  const different =
    otherNodes(approved, fresh) ??
    newRegistry(approved, fresh) ??
    unseenStep(approved, fresh) ??
    differentPart(approved, fresh);
  if (different === null) return fresh.steps;
  const says = `The cluster has changed since the plan was shown: ${different}.`;
  return refuse('plan-stale', says, 'Request a new plan.');
}

/** The proof is over the engines of all nodes. */
const allNodes = ({ steps }: ApprovedPart): readonly string[] =>
  steps.flatMap((step) =>
    step.kind === 'verify' || step.kind === 'prove-undone' || step.kind === 'outage' ? step.engines : [],
  );

function otherNodes(approved: ApprovedPart, fresh: ApprovedPart): string | null {
  const [before, now] = [allNodes(approved), allNodes(fresh)];
  const added = now.filter((name) => !before.includes(name));
  if (added.length > 0) return `it has a new node, ${listed(added)}, whose container engine is not in the plan`;
  const gone = before.filter((name) => !now.includes(name));
  return gone.length === 0 ? null : `it no longer has the node ${listed(gone)}`;
}

/** A registry that the approved proof does not know. */
function newRegistry(approved: ApprovedPart, fresh: ApprovedPart): string | null {
  const known = approved.steps.flatMap(registriesOf);
  const added = fresh.steps.flatMap(registriesOf).filter((node) => !known.includes(node));
  return known.length === 0 || added.length === 0 ? null : `there is a new registry, on ${listed(added)}`;
}

const registriesOf = (step: Step): readonly string[] =>
  step.kind === 'verify' || step.kind === 'outage' ? step.registries.map(({ node }) => node) : [];

function unseenStep(approved: ApprovedPart, fresh: ApprovedPart): string | null {
  const unseen = fresh.steps.filter((step) => !approved.steps.some((known) => covers(known, step)));
  const more = unseen.length > 1 ? ` and ${unseen.length - 1} more` : '';
  const needs = `it now needs “${unseen[0]?.says}”${more}, which nobody approved`;
  return unseen.length > 0 ? needs : null;
}

/** The first node whose SSH access differs from the approved one. */
function otherAccess(approved: ApprovedPart, fresh: ApprovedPart): NodeAccess | undefined {
  const known = approved.access.map(canonicalJson);
  return fresh.access.find((one) => !known.includes(canonicalJson(one)));
}

/** The nodes whose host key nobody approved. */
function otherHostKeys(approved: ApprovedPart, fresh: ApprovedPart): readonly string[] {
  const known = approved.hostKeys.map(canonicalJson);
  return fresh.hostKeys.filter((one) => !known.includes(canonicalJson(one))).map(({ node }) => node);
}

/** True if the approved step does all that the new one would do. The rest of a deletion that was interrupted is approved. */
function covers(approved: Step, fresh: Step): boolean {
  if (approved.id !== fresh.id) return false;
  if (approved.kind === 'unconfigure' && fresh.kind === 'unconfigure')
    return approved.node === fresh.node && fresh.files.every((file) => approved.files.includes(file));
  if (approved.kind === 'remove-copy' && fresh.kind === 'remove-copy' && approved.takesArchive && !fresh.takesArchive) {
    const { node, archive, part } = approved;
    return (
      canonicalJson({ node, archive, part }) ===
      canonicalJson({ node: fresh.node, archive: fresh.archive, part: fresh.part })
    );
  }
  if (approved.kind === 'prove-deleted' && fresh.kind === 'prove-deleted')
    return fresh.copies.every(({ part }) => approved.copies.some((copy) => copy.part === part));
  return purposeOf(approved) === purposeOf(fresh);
}

/**
 * The part of a step that must not change: its words are of the version that wrote them. The seed of a copy depends on the files on the
 * node; the approved step runs without it.
 */
function purposeOf({ says: _, ...step }: Step): string {
  if (step.kind !== 'copy') return canonicalJson(step);
  const { seed: __, commands: ___, ...purpose } = step;
  return canonicalJson(purpose);
}

function differentPart(approved: ApprovedPart, fresh: ApprovedPart): string | null {
  if (canonicalJson(approved.archives) !== canonicalJson(fresh.archives))
    return 'an archive on the bootstrap node is different';
  if (canonicalJson(approved.hostKeys) !== canonicalJson(fresh.hostKeys))
    return `the SSH host key of ${listed(otherHostKeys(approved, fresh)) || 'a node'} is different`;
  if (approved.machines !== undefined && canonicalJson(approved.machines) !== canonicalJson(fresh.machines))
    return 'another machine answers at the address of a node';
  const strange = otherAccess(approved, fresh);
  if (strange !== undefined)
    return `the worker would now connect to ${strange.node} at ${strange.host}:${strange.port} as ${strange.user} with the key ${strange.keyPath}${strange.sudo ? ' and sudo' : ''}, which nobody approved`;
  return approved.version === fresh.version ? null : 'the version is different';
}
