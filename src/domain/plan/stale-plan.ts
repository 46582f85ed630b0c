import { type Refusal, refuse } from '../answers/refusal.ts';
import type { NodeAccess } from '../cluster/facts.ts';
import { canonicalJson } from '../text/canonical.ts';
import type { ApprovedPart, Plan } from './plan.ts';
import type { Step } from './step.ts';

/**
 * Steps of the approved plan that a fresh look still wants; a refusal when the fresh look wants anything that nobody approved:
 * another step, another archive, another host key.
 */
export function stepsStillNeeded({ approved }: Plan, { approved: fresh }: Plan): readonly Step[] | Refusal {
  const different = unseenStep(approved, fresh) ?? differentPart(approved, fresh);
  if (different === null) return fresh.steps;
  const says = `The cluster has changed since the plan was shown: ${different}.`;
  return refuse('plan-stale', says, 'Ask for a new plan.');
}

function unseenStep(approved: ApprovedPart, fresh: ApprovedPart): string | null {
  const known = new Set(approved.steps.map(purposeOf));
  const unseen = fresh.steps.filter((step) => !known.has(purposeOf(step)));
  const more = unseen.length > 1 ? ` and ${unseen.length - 1} more` : '';
  const needs = `it would need now “${unseen[0]?.says}”${more}, which nobody approved in this form`;
  return unseen.length > 0 ? needs : null;
}

/** The first node that would be reached in another way than was approved. */
function otherAccess(approved: ApprovedPart, fresh: ApprovedPart): NodeAccess | undefined {
  const known = approved.access.map(canonicalJson);
  return fresh.access.find((one) => !known.includes(canonicalJson(one)));
}

/**
 * What has to be the same. What a copy may draw from changes with the files that are there by now, and its commands with that; it
 * is the approved step that runs, and it needs no seed.
 */
function purposeOf(step: Step): string {
  if (step.kind !== 'copy') return canonicalJson(step);
  const { seed: _, commands: __, ...purpose } = step;
  return canonicalJson(purpose);
}

function differentPart(approved: ApprovedPart, fresh: ApprovedPart): string | null {
  if (canonicalJson(approved.archives) !== canonicalJson(fresh.archives))
    return 'an archive on the bootstrap node is not the same any more';
  if (canonicalJson(approved.hostKeys) !== canonicalJson(fresh.hostKeys))
    return "a node's SSH host key is not the one that was shown";
  const strange = otherAccess(approved, fresh);
  if (strange !== undefined)
    return `${strange.node} would be reached at ${strange.host}:${strange.port} as ${strange.user} with the key ${strange.keyPath}${strange.sudo ? ' and sudo' : ''}, which nobody approved`;
  return approved.version === fresh.version ? null : 'the version is another one';
}
