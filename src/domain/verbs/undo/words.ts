import { count, firstFew, listed } from '../../text/format.ts';
import type { Markup } from '../../text/markup.ts';
import type { VerbWords } from '../verb.ts';
import { provenGone, undoneNodes } from './nodes.ts';

/** Examples of `undo`. */
export const undoUsage = ({ code }: Markup): readonly string[] => [
  `${code('/registry-ha undo lab-7f3k2q')} shows a plan that undoes what this change did before it failed or was cancelled. Another person approves it.`,
];

function copiesGone({ archives, parts }: { readonly archives: number; readonly parts: number }): string {
  const what = [
    ...(archives === 0 ? [] : [count(archives, 'copied archive')]),
    ...(parts === 0 ? [] : [count(parts, 'unfinished copy', 'unfinished copies')]),
  ];
  return `${listed(what)} ${archives + parts === 1 ? 'is' : 'are'} gone`;
}

/** Texts about an `undo`. */
export const undoWords: VerbWords<'undo'> = {
  nodes: undoneNodes,
  aim: (change) => `Undo ${change.intent.undoes} on ${firstFew(undoneNodes(change))}`,
  effect: (change) => `Undoes ${change.intent.undoes} on ${firstFew(undoneNodes(change))}.`,
  summary: (change, _, { text, code }) =>
    `Undoes what ${code(change.intent.undoes)} did on ${text(firstFew(undoneNodes(change)))} and keeps everything that existed before`,
  proved: (change, proof, { text }) => {
    if (proof.deleted !== undefined) return `${copiesGone(proof.deleted)} from ${text(firstFew(undoneNodes(change)))}.`;
    const { served, expected, archives, engines, engineTotal } = proof;
    const gone = provenGone(change);
    const without = gone.length === 0 ? 'list it' : `no longer list ${text(firstFew(gone))}`;
    const images = `${served}/${expected} images of ${count(archives, 'archive')}`;
    return `The bootstrap’s registry serves the manifests of ${images}; ${engines}/${engineTotal} engines ${without}.`;
  },
  afterwards: (change, { text, code }) =>
    `What ${code(change.intent.undoes)} did on ${text(firstFew(undoneNodes(change)))} is undone.`,
  limits: null,
  toFinish: ({ undoes }, { code, strong }) => `click ${strong('Undo')} on the card of ${code(undoes)} again`,
};
