import type { IntentOf } from '../../plan/intent.ts';
import type { PlanDraft, PlanTarget } from '../../plan/parts.ts';
import type { PlanContext } from '../../plan/planned-steps.ts';
import type { Step } from '../../plan/step.ts';
import { listed } from '../../text/format.ts';
import { archivesThere, isUsedElsewhere } from '../archives-there.ts';
import { commonFindings, commonWarnings, mastersRestart } from '../plan-words.ts';
import { remaining } from '../staying.ts';

type Remove = IntentOf<'remove'>;

/** The state of the cluster when the removal was planned, and what stays on the nodes. */
export function removeSeen(
  intent: Remove,
  targets: readonly PlanTarget[],
  context: PlanContext,
  steps: readonly Step[],
): PlanDraft['seen'] {
  const { facts } = context;
  const kept = targets.flatMap((one) => (intent.keepIsos === true ? keptOnRequest(one) : keptFiles(one, context)));
  return {
    findings: [...stayingInWords(intent, context), ...cleanNodes(targets, steps, context), ...commonFindings(context)],
    warnings: [
      ...(remaining(intent.nodes, facts).length > 1 ? [] : [LAST]),
      ...targets.flatMap((one) => unlistedArchives(one, context)),
      ...kept,
      ...commonWarnings(context),
      ...mastersRestart(context, steps),
    ],
    already: [],
    space: [],
  };
}

const LAST =
  'Only the bootstrap’s registry stays. No image can be pulled while the bootstrap node is away, until another registry is added.';

function stayingInWords({ nodes }: Remove, { facts }: PlanContext): readonly string[] {
  const addresses = remaining(nodes, facts);
  const names = facts.kube.nodes.filter(({ ip }) => ip !== null && addresses.includes(ip)).map(({ name }) => name);
  return names.length < 2 ? [] : [`The registries of ${listed(names)} stay. Each is Ready and serves every manifest.`];
}

/** Nodes of the request on which nothing is left to do. */
function cleanNodes(targets: readonly PlanTarget[], steps: readonly Step[], { facts }: PlanContext): readonly string[] {
  const clean = targets
    .map(({ node }) => node.name)
    .filter((name) => !steps.some((step) => 'node' in step && step.node === name && step.kind !== 'ready'))
    .filter((name) => facts.kube.registries.every(({ node }) => node !== name));
  return clean.length === 0 ? [] : [`Nothing of a registry is left on ${listed(clean)}.`];
}

/** Archives that the bootstrap node does not list: an approver must know that they are unmounted, and that their files stay. */
function unlistedArchives({ node, target }: PlanTarget, { archives }: PlanContext): readonly string[] {
  return archivesThere(target, archives)
    .filter(({ path }) => archives.every((one) => one.path !== path))
    .map(
      ({ id, path }) =>
        `${id} on ${node.name} is not listed on the bootstrap node. It is unmounted, and its file ${path} stays.`,
    );
}

const keptOnRequest = ({ node, target }: PlanTarget): readonly string[] => {
  const kept = target.files.filter(({ is }) => is === 'same').map(({ path }) => path);
  return kept.length === 0 ? [] : [`As requested, the ISO files stay on ${node.name}: ${listed(kept)}.`];
};

/** Files at an archive's path that are not deleted. */
function keptFiles({ node, target }: PlanTarget, { archives }: PlanContext): readonly string[] {
  return target.files.flatMap(({ path, is }) => {
    if (is === 'different' || is === 'directory')
      return [`${path} stays on ${node.name}: it is not the archive of the bootstrap node.`];
    if (is === 'same' && isUsedElsewhere(path, target, archives))
      return [`${path} stays on ${node.name}: another mount uses it.`];
    return [];
  });
}
