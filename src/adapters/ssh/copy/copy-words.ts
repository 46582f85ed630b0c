import { notConfirmed, type PlainFailure, Unreachable } from '../../../domain/answers/failure.ts';
import { RETRY_HINT } from '../../../domain/answers/retry-hint.ts';
import type { NodeAccess } from '../../../domain/cluster/facts.ts';
import type { FileSeen } from '../../../domain/node-commands/copy-commands.ts';
import type { CopyStep } from '../../../domain/plan/step.ts';
import { bytesInWords } from '../../../domain/text/format.ts';
import { placeOf } from '../login/words.ts';

/** An annotation of the node was changed after the approval. */
export function notApproved({ node }: CopyStep): PlainFailure {
  const what = 'The access to the node has changed, so the commands differ from the approved ones. Nothing was run.';
  return notConfirmed(node, what, 'Request the change again to get a new plan.');
}

/** Something else is at the archive's path. */
export function inTheWay({ node, archive, part }: CopyStep, seen: FileSeen): PlainFailure {
  const kinds = { absent: 'something else', directory: 'a directory', other: 'a special file', file: 'another file' };
  const size = seen.is === 'file' ? ` of ${bytesInWords(seen.size)}` : '';
  const what = `${archive.path} is ${kinds[seen.is]}${size}, not the archive ${archive.id}. It was not changed.`;
  const next = `Check it on ${node}, move it to another path, then ${RETRY_HINT}. The bytes copied so far are in ${part}.`;
  return notConfirmed(node, what, next);
}

/** The bytes were damaged twice in transit. */
export function damagedTwice({ node, archive: { path, sha256 } }: CopyStep): PlainFailure {
  const what = `${path} arrived twice with a SHA-256 other than ${sha256}. The copy was deleted.`;
  return notConfirmed(node, what, `Check the memory and the disk of both nodes, then ${RETRY_HINT}.`);
}

/** The archive on the bootstrap node was changed after the plan. */
export function sourceChanged({ node, archive: { path, sha256 } }: CopyStep, now: string): PlainFailure {
  const what = `${path} on the bootstrap node now has SHA-256 ${now}, but the plan was made for ${sha256}. It was not put in place on ${node}.`;
  return notConfirmed(node, what, 'Request the change again to get a plan for the current archive.');
}

/** All reconnections failed. */
export function gaveUp(
  { node, archive, part }: CopyStep,
  access: NodeAccess,
  times: number,
  last: Unreachable,
): Unreachable {
  const says =
    `The connection to ${placeOf(access)} was lost ${times} times in a row while copying ${archive.path}. ` +
    `Last error: ${last.says} The bytes copied so far stay in ${part}; the next copy of this archive to ${node} resumes there.`;
  return new Unreachable(node, 'unreachable', says, { cause: last });
}
