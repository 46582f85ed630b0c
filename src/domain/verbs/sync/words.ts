import { namedNodes, type Plan } from '../../plan/plan.ts';
import { count, firstFew } from '../../text/format.ts';
import type { Markup } from '../../text/markup.ts';
import { copiesInWords } from '../bring-up-words.ts';
import type { ChangeOf, VerbWords } from '../verb.ts';
import { syncAgain } from './again.ts';

/** Examples of `sync`. */
export const syncUsage = ({ code }: Markup): readonly string[] => [
  `${code('/registry-ha sync')} shows a plan that brings every registry to what the bootstrap node serves: after ${code('iso-manager.sh')} and ${code('solutions.sh')}, before and after ${code('upgrade.sh')}. ${code('/registry-ha sync node-2')} is for one node.`,
];

/** True if the plan found no other registry than the bootstrap's: only the engines are synced. */
const isOfEngines = (change: ChangeOf<'sync'>): boolean => change.plan !== undefined && namedNodes(change).length === 0;

/** `the registry of node-2`, `every registry` before the plan names them. */
function registries(change: ChangeOf<'sync'>, name = (text: string) => text): string {
  const nodes = namedNodes(change);
  if (isOfEngines(change)) return 'the bootstrap’s registry';
  if (nodes.length === 0) return 'every registry';
  return `the ${nodes.length === 1 ? 'registry' : 'registries'} of ${name(firstFew(nodes))}`;
}

/** Texts about a `sync`. */
export const syncWords: VerbWords<'sync'> = {
  nodes: namedNodes,
  aim: (change) => (isOfEngines(change) ? 'Sync the container engines' : `Sync ${registries(change)}`),
  effect: (change) => (isOfEngines(change) ? `${DROPS}.` : `Syncs ${registries(change)} with the bootstrap’s.`),
  summary: (change, plan, markup) =>
    isOfEngines({ ...change, plan }) ? DROPS : `${copiesInWords(plan, markup)}${takenAway(plan)}`,
  proved: (change, { served, expected, archives, engines, engineTotal, bytes, newNodes = [] }, { text }) => {
    const added = newNodes.length === 0 ? '' : `, also of ${text(firstFew(newNodes))}, new since the plan`;
    const checked = bytes === undefined ? 'manifests compared' : 'every layer hashed';
    const layers = isOfEngines(change) ? 'every manifest read' : checked;
    return `Served ${served}/${expected} images of ${count(archives, 'archive')} by ${registries(change, text)}, ${layers}; engines ${engines}/${engineTotal}${added}.`;
  },
  afterwards: (change, { code }) =>
    isOfEngines(change)
      ? `There is no HA: only the bootstrap’s registry is left. To give another node one: ${code('/registry-ha add NODE')}`
      : `Sync again after the next ${code('iso-manager.sh')}, ${code('solutions.sh')} or ${code('upgrade.sh')}: MetalK8s itself updates the registry of the bootstrap node only.`,
  limits: null,
  toFinish: (intent) => `run ${syncAgain(intent)} again`,
};

const DROPS = 'Takes every address without a registry out of the container engines';

function takenAway({ approved: { steps } }: Plan): string {
  const unmounted = steps.flatMap((step) => (step.kind === 'unmount' ? [step.archive.id] : []));
  return unmounted.length === 0 ? '' : `; takes ${firstFew([...new Set(unmounted)])} away`;
}
