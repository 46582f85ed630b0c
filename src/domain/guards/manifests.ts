import { type Refusal, refuse } from '../answers/refusal.ts';
import type { Facts, OpenTarget } from '../cluster/facts.ts';
import { isClosed } from '../cluster/facts.ts';
import { shellQuote } from '../node-commands/command.ts';
import { count, listed } from '../text/format.ts';
import { together } from './together.ts';

/** Refuses nodes where kubelet runs a copy of the registry's manifest: the pod would neither end nor change with the manifest itself. */
export const copiesRefusal = ({ targets }: Facts): Refusal | null =>
  together(targets.map((target) => (isClosed(target) ? null : copiesOn(target))));

const copiesOn = ({ node, manifestCopies = [] }: OpenTarget): Refusal | null => copiesOf(node, manifestCopies);

/** Refuses a node with these copies; null without any. */
export function copiesOf(node: string, copies: readonly string[]): Refusal | null {
  if (copies.length === 0) return null;
  const isOne = copies.length === 1;
  return refuse(
    'file-in-the-way',
    `On ${node}, ${listed(copies)} ${isOne ? 'defines' : 'define'} the registry’s pod, beside repositories.yaml. kubelet runs every file in that folder whose name does not begin with a dot.`,
    `Move the ${isOne ? 'copy' : count(copies.length, 'copy', 'copies')} out of kubelet’s folder on ${node} (\`mv -t /root -- ${copies.map(shellQuote).join(' ')}\`), then run the command again.`,
  );
}
