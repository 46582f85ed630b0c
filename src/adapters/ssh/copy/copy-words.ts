import { notConfirmed, type PlainFailure, Unreachable } from '../../../domain/answers/failure.ts';
import { RETRY_HINT } from '../../../domain/answers/retry-hint.ts';
import type { NodeAccess } from '../../../domain/cluster/facts.ts';
import type { FileSeen } from '../../../domain/node-commands/copy-commands.ts';
import type { CopyStep } from '../../../domain/plan/step.ts';
import { bytesInWords } from '../../../domain/text/format.ts';
import { placeOf } from '../login/words.ts';

/** An annotation of the node was changed after the plan was shown. */
export function notApproved({ node }: CopyStep): PlainFailure {
  const what =
    'The commands of this copy are not the approved ones: the access to the node has changed. Nothing was run.';
  return notConfirmed(node, what, 'Ask for the change again to get a new plan.');
}

/** Something else stands where the archive belongs. */
export function inTheWay({ node, archive, part }: CopyStep, seen: FileSeen): PlainFailure {
  const kind = { absent: 'something', directory: 'a directory', other: 'no regular file', file: 'another file' }[
    seen.is
  ];
  const size = seen.is === 'file' ? ` of ${bytesInWords(seen.size)}` : '';
  const what = `At ${archive.path} is ${kind}${size}, which is not the archive ${archive.id}. It was left as it is.`;
  const next = `Look at it on ${node}, move it away, and ${RETRY_HINT}. What was copied so far is in ${part}.`;
  return notConfirmed(node, what, next);
}

/** The bytes were damaged on the way, and again. */
export function damagedTwice({ node, archive: { path, sha256 } }: CopyStep): PlainFailure {
  const what = `${path} arrived twice with another SHA-256 than ${sha256}. The copy was thrown away.`;
  return notConfirmed(node, what, `Check the memory and the disk of both nodes, then ${RETRY_HINT}.`);
}

/** The bootstrap node's archive is not the planned one any more. */
export function sourceChanged({ node, archive: { path, sha256 } }: CopyStep, now: string): PlainFailure {
  const what = `${path} on the bootstrap node has SHA-256 ${now} now, not ${sha256} as when the plan was made. Nothing was put in its place.`;
  return notConfirmed(node, what, 'Ask for the change again to get a plan with the archive as it is now.');
}

/** Every reconnection was used up. */
export function gaveUp(
  { node, archive, part }: CopyStep,
  access: NodeAccess,
  times: number,
  last: Unreachable,
): Unreachable {
  const says =
    `The connection to ${placeOf(access)} was lost ${times} times while ${archive.path} was copied; ` +
    `the last time: ${last.says} What has arrived stays in ${part}, and the next attempt of this change goes on from there.`;
  return new Unreachable(node, 'unreachable', says, { cause: last });
}
