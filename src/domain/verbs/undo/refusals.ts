import { type Refusal, refuse } from '../../answers/refusal.ts';
import type { Change } from '../../change/change.ts';
import { touchedSteps } from '../../change/step-attempts.ts';
import { isAt, mayBeBackedBy } from '../../cluster/mounted.ts';
import { together } from '../../guards/together.ts';
import { shellQuote } from '../../node-commands/command.ts';
import { undoneChange } from '../../plan/intent.ts';
import { namedNodes } from '../../plan/plan.ts';
import { count, listed } from '../../text/format.ts';
import { removal } from '../half-way.ts';
import { whyNotUndone } from '../undoing.ts';
import { type Footprint, ownMounts } from './footprint.ts';

/** Refuses an ID without a record: it was never requested here, or its record has expired. */
export function unknownChange(id: string): Refusal {
  return refuse(
    'unknown-change',
    `There is no change ${id}.`,
    'Copy the ID from the card, for example `lab-7f3k2q`. Records are kept for 90 days.',
  );
}

/** Refuses the undo of a change whose run the journal does not have. */
export function notInTheJournal(undoes: string): Refusal {
  return refuse(
    'unknown-change',
    `The worker’s journal does not have what was run for ${undoes}, so it is unknown what the change did. The state folder was lost or replaced, or another worker ran it.`,
    `Request the same add again: it finds what is there, and completes it. To take a whole registry away: \`/registry-ha remove NODE\`.`,
  );
}

/** Refuses an undo that would remove what later changes build on. `later`: those that were started after this one, oldest first. */
export function laterRefusal({ id, intent }: Change, later: readonly Change[]): Refusal | null {
  const undone = later.map((one) => (one.state === 'done' ? undoneChange(one.intent) : null));
  const onTop = later.filter(
    (one) =>
      undoneChange(one.intent) === null &&
      !undone.includes(one.id) &&
      namedNodes(one).some((node) => intent.nodes.includes(node)) &&
      (one.state === 'done' || touchedSteps(one).length > 0),
  );
  const newest = onTop.at(-1);
  if (newest === undefined) return null;
  const says = `${newest.id} changed ${listed(namedNodes(newest))} after ${id}${newest.state === 'done' ? ', and is done' : ''}. The undo would remove what it builds on.`;
  return refuse(
    'not-undoable',
    says,
    newest.state === 'done' ? removal(intent.nodes) : undoFirst(newest, onTop.length),
  );
}

/** A later change that cannot be undone must be completed instead, as its own refusal says. */
function undoFirst(newest: Change, laterChanges: number): string {
  const more = laterChanges > 1 ? ` (there are ${count(laterChanges, 'later change')})` : '';
  return whyNotUndone(newest)?.tryNext ?? `Undo the later change first: \`/registry-ha undo ${newest.id}\`${more}.`;
}

/** Refuses while a mount is neither surely the change's own nor surely another one: an undo must not leave it in silence. */
export function unclearMountRefusal({ id }: Change, traces: readonly Footprint[]): Refusal | null {
  const unclear = traces.flatMap((trace) =>
    ownMounts(trace).map(({ archive: { path, mountpoint }, takesMount }) => {
      const found = trace.target.mounts.filter(isAt(mountpoint)).find(mayBeBackedBy(path));
      if (!takesMount || found === undefined) return null;
      const { name } = trace.node;
      return refuse(
        'not-undoable',
        `On ${name}, ${found.backingFile} is mounted at ${mountpoint}. ${id} mounted ${path} there, which is not the same file now, so it is unclear whose mount this is.`,
        `Check it with \`losetup -l\` on ${name}. If nobody needs it, run \`umount ${shellQuote(mountpoint)}\` there, then request the undo again.`,
      );
    }),
  );
  return together(unclear);
}
