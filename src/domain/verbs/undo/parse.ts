import { isRefusal, type Refusal, refuse } from '../../answers/refusal.ts';
import { changeIdFrom } from '../../change/change-id.ts';
import type { ChangeWish } from '../../typed/change-wish.ts';
import type { CommandContext } from '../../typed/cluster.ts';
import { suggested } from '../../typed/example.ts';
import { reasonIn, type TypedWords } from '../../typed/flags.ts';

const exampleIn = (context: CommandContext): string =>
  `Copy the ID from the card. For example: \`/registry-ha ${suggested('undo', context)} lab-7f3k2q\`.`;

/** Parses the words after `undo`: the ID of one change, and the reason. */
export function parseUndo(words: TypedWords, context: CommandContext): ChangeWish | Refusal {
  const example = exampleIn(context);
  const bad = (says: string): Refusal => refuse('bad-command', says, example);
  const [first, ...more] = words.plain;
  if (first === undefined) return bad('The ID of the change is missing.');
  if (more.length > 0) return bad('An undo takes one change ID, but the command has several.');
  if (words.flags.has('--cluster')) return bad('Leave out `--cluster`: the change ID contains the cluster.');
  const undoes = changeIdFrom(first, context.clusters, example);
  if (isRefusal(undoes)) return undoes;
  const reason = reasonIn(words);
  return isRefusal(reason) ? reason : { is: 'undo-of', undoes, ...reason };
}
