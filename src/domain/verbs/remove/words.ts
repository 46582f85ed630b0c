import type { IntentOf } from '../../plan/intent.ts';
import type { Plan } from '../../plan/plan.ts';
import { bytesInWords, count, firstFew } from '../../text/format.ts';
import type { Markup } from '../../text/markup.ts';
import type { VerbWords } from '../verb.ts';

type Remove = IntentOf<'remove'>;

/** Examples of `remove`. */
export const removeUsage = ({ code }: Markup): readonly string[] => [
  `${code('/registry-ha remove node-2')} shows a plan that takes the registry of node-2 away, with its mounts and ISO files. ${code('--keep-isos')} leaves the files, and ${code('--last')} allows it for the last registry beside the bootstrap’s.`,
];

const registry = ({ nodes }: Remove): string => (nodes.length === 1 ? 'the registry' : 'the registries');

/** Texts about a `remove`. */
export const removeWords: VerbWords<'remove'> = {
  nodes: ({ intent }) => intent.nodes,
  aim: ({ intent }) => `Remove ${registry(intent)} of ${firstFew(intent.nodes)}`,
  effect: ({ intent }) => `Removes ${registry(intent)} of ${firstFew(intent.nodes)}.`,
  summary: ({ intent }, plan, { text }) =>
    `Removes ${registry(intent)} of ${text(firstFew(intent.nodes))}${freed(plan)}`,
  proved: ({ intent }, { served, expected, archives, engines, engineTotal }, { text }) =>
    `${engines}/${engineTotal} engines no longer list ${text(firstFew(intent.nodes))}. Every registry that stays serves the manifests of ${served}/${expected} images of ${count(archives, 'archive')}.`,
  afterwards: ({ intent }, { text, code }) =>
    `The ${intent.nodes.length === 1 ? 'registry' : 'registries'} of ${text(firstFew(intent.nodes))} can be brought back with ${code(`/registry-ha add ${intent.nodes.join(' ')}`)}.${intent.keepIsos === true ? ' The ISO files are still there, so they are not copied again.' : ''}`,
  limits: null,
  toFinish: ({ nodes }, { code }) =>
    `request the same ${code('remove')} again, or go back with ${code(`/registry-ha add ${nodes.join(' ')}`)}`,
};

function freed({ approved: { steps } }: Plan): string {
  const files = steps.flatMap((step) => (step.kind === 'remove-copy' && step.takesArchive ? [step.archive] : []));
  if (files.length === 0) return ' and deletes no ISO file';
  return ` and deletes ${count(files.length, 'ISO file')} (${bytesInWords(files.reduce((sum, { size }) => sum + size, 0))})`;
}
