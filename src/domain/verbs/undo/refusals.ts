import { type Refusal, refuse } from '../../answers/refusal.ts';
import type { Change } from '../../change/change.ts';
import { isAt, mayBeBackedBy } from '../../cluster/mounted.ts';
import { shellQuote } from '../../node-commands/command.ts';
import { undoneChange } from '../../plan/intent.ts';
import type { Step } from '../../plan/step.ts';
import { count, listed } from '../../text/format.ts';
import { type Footprint, ownMounts } from './footprint.ts';

const REMOVE_BY_HAND = 'To remove a whole registry by hand, see docs/commands.md, “Remove a registry by hand”.';

/** The steps that may have changed something: all that have begun, even if not completed. */
export function touchedSteps({ plan, begun }: Change): readonly Step[] {
  const steps = plan?.approved.steps ?? [];
  return steps.filter(({ id, commands }) => begun[id] !== undefined && commands.length > 0);
}

/** Why this change cannot be undone in its current state; null if it can. */
export function whyNotUndone(change: Change): Refusal | null {
  const { id, intent, state } = change;
  if (undoneChange(intent) !== null) {
    return refuse(
      'not-undoable',
      `${id} is itself an undo, and an undo cannot be undone.`,
      'If it failed, click Retry from here on its card.',
    );
  }
  if (state === 'done') {
    return refuse(
      'not-undoable',
      `${id} is done: ${listed(intent.nodes)} ${intent.nodes.length === 1 ? 'has its registry' : 'have their registries'}. An undo is only for changes that stopped half-way.`,
      REMOVE_BY_HAND,
    );
  }
  if (state === 'approved' || state === 'applying') {
    return refuse(
      'not-undoable',
      `${id} is approved and in progress.`,
      'Click Cancel on its card, or wait until it has ended.',
    );
  }
  // A retry can also end as refused or expired; what began before it stays.
  if (touchedSteps(change).length > 0) return null;
  return refuse('nothing-to-undo', `${id} has not changed the cluster, so there is nothing to undo.`);
}

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
    `Request the same add again: it finds what is there, and completes it. ${REMOVE_BY_HAND}`,
  );
}

/** Refuses an undo that would remove what later changes build on. `later`: those that were started after this one, oldest first. */
export function laterRefusal({ id, intent }: Change, later: readonly Change[]): Refusal | null {
  const undone = later.map((one) => (one.state === 'done' ? undoneChange(one.intent) : null));
  const onTop = later.filter(
    (one) =>
      undoneChange(one.intent) === null &&
      !undone.includes(one.id) &&
      one.intent.nodes.some((node) => intent.nodes.includes(node)) &&
      (one.state === 'done' || touchedSteps(one).length > 0),
  );
  const newest = onTop.at(-1);
  if (newest === undefined) return null;
  const says = `${newest.id} changed ${listed(newest.intent.nodes)} after ${id}${newest.state === 'done' ? ', and is done' : ''}. The undo would remove what it builds on.`;
  const tryNext =
    newest.state === 'done'
      ? REMOVE_BY_HAND
      : `Undo the later change first: \`/registry-ha undo ${newest.id}\`${onTop.length > 1 ? ` (there are ${count(onTop.length, 'later change')})` : ''}.`;
  return refuse('not-undoable', says, tryNext);
}

/** Refuses while a mount is neither surely the change's own nor surely another one: an undo must not leave it in silence. */
export function unclearMountRefusal({ id }: Change, traces: readonly Footprint[]): Refusal | null {
  for (const trace of traces) {
    for (const { archive, takesMount } of ownMounts(trace)) {
      const { path, mountpoint } = archive;
      const found = trace.target.mounts.filter(isAt(mountpoint)).find(mayBeBackedBy(path));
      if (!takesMount || found === undefined) continue;
      const { name } = trace.node;
      return refuse(
        'not-undoable',
        `On ${name}, ${found.backingFile} is mounted at ${mountpoint}. ${id} mounted ${path} there, which is not the same file now, so it is unclear whose mount this is.`,
        `Check it with \`losetup -l\` on ${name}. If nobody needs it, run \`umount ${shellQuote(mountpoint)}\` there, then request the undo again.`,
      );
    }
  }
  return null;
}
