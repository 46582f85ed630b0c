import { bytesInWords, count, firstFew } from '../../text/format.ts';
import type { Markup } from '../../text/markup.ts';
import { copiesInWords } from '../bring-up-words.ts';
import type { VerbWords } from '../verb.ts';

/** The limits of registry HA, shown with every success. */
const NOT_COVERED =
  'Registry HA is not bootstrap HA: the Salt master and the certificate authority still run only on the bootstrap node.';

/** Examples of `add`. */
export const addUsage = ({ code }: Markup): readonly string[] => [
  `${code('/registry-ha add node-2')} shows a plan for a registry on node-2. Another person approves it with a button.`,
  `${code('/registry-ha add node-2 node-3 --cluster lab --reason "before the upgrade"')} names several nodes, another cluster and the reason.`,
];

/** Texts about an `add`. */
export const addWords: VerbWords<'add'> = {
  nodes: ({ intent }) => intent.nodes,
  aim: ({ intent: { nodes } }) => `Add ${nodes.length === 1 ? 'a registry' : 'registries'} on ${firstFew(nodes)}`,
  effect: ({ intent: { nodes } }) => `Adds ${nodes.length === 1 ? 'a registry' : 'registries'} on ${firstFew(nodes)}.`,
  summary: (_, plan, markup) => copiesInWords(plan, markup),
  proved: (_, { served, expected, archives, engines, engineTotal, bytes, newNodes = [] }, { text }) => {
    const added = newNodes.length === 0 ? '' : `, also of ${text(firstFew(newNodes))}, new since the plan`;
    const layers = bytes === undefined ? 'manifests compared' : `every layer hashed (${bytesInWords(bytes)})`;
    return `Served ${served}/${expected} images of ${count(archives, 'archive')}, ${layers}; engines ${engines}/${engineTotal}${added}.`;
  },
  afterwards: ({ intent: { nodes } }, { text, code }) =>
    `${NOT_COVERED}\nMetalK8s' own sanity check expects the ${code('repositories')} pod on the bootstrap node only. It will complain about ${text(firstFew(nodes))}, which is harmless.`,
  limits: NOT_COVERED,
  toFinish: () => 'request the same change again',
};
