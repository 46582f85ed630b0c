import type { types } from '@slack/bolt';
import { hasOldPlan } from '../../domain/answers/old-plan.ts';
import { NOT_REPEATED } from '../../domain/answers/retry-hint.ts';
import type { Change } from '../../domain/change/change.ts';
import { shortDigest } from '../../domain/plan/digest.ts';
import type { DecisionKind } from '../../domain/policy/policy.ts';
import { secondsInWords, utc } from '../../domain/text/format.ts';
import { cleanLine } from '../../domain/text/printable.ts';
import { verbPlug } from '../../domain/verbs/verbs.ts';
import { fullPlanButton } from '../plan/full-plan.ts';
import { restartsOf } from '../plan/side-effects.ts';
import { type Block, context } from '../text/blocks.ts';
import { cut } from '../text/fit.ts';
import { againButton } from './again-button.ts';
import type { CardView } from './card-view.ts';
import { undoButtons, undoNote } from './undo-button.ts';
import { unfreezeButton } from './unfreeze-button.ts';

/** `action_id` of each button; the decision follows the colon. */
export const ACTIONS: Readonly<Record<DecisionKind, string>> = {
  approve: 'registry-ha:approve',
  deny: 'registry-ha:deny',
  retry: 'registry-ha:retry',
  cancel: 'registry-ha:cancel',
  'break-glass': 'registry-ha:break-glass',
};

/** Block Kit reference, confirmation dialog object, fields `title` and `text`. */
const CONFIRM_TITLE_LIMIT = 100;
const CONFIRM_TEXT_LIMIT = 300;

const STAYS = 'Completed steps stay completed.';

/** The texts of a button and its dialog. */
interface Words {
  readonly label: string;
  readonly style: 'primary' | 'danger';
  readonly title: string;
  readonly what: string;
  /** The dialog's own two answers. */
  readonly yes: string;
  readonly no: string;
}

/** Approve with a confirmation dialog, Deny; Unfreeze while a freeze is in the way; and Break glass where the policy has it. */
export function decisionButtons(view: CardView): readonly Block[] {
  const { change, activeHolds } = view;
  const note = 'You approve exactly the full plan, by its digest.';
  const more = [...unfreezeButton(view), ...fullPlanButton(change)];
  return withButtons(change, ['approve', 'deny', ...glass(view)], note, more, activeHolds?.opens);
}

const glass = ({ activeHolds }: CardView): readonly DecisionKind[] =>
  activeHolds?.mayBreakGlass === true ? ['break-glass'] : [];

/** Cancel, for a change in progress, until it was clicked; and its plan. */
export function cancelButton(change: Change): readonly Block[] {
  return withButtons(change, change.cancelAskedBy === undefined ? ['cancel'] : [], undefined, fullPlanButton(change));
}

/** Retry from here and Cancel while the plan of a failed change is valid; Check again instead if it no longer fits the cluster; Undo while there is something to undo. */
export function retryButtons(view: CardView): readonly Block[] {
  const { change, now } = view;
  if (change.plan === undefined) return [];
  const isValid = change.undoneBy === undefined && Date.parse(change.planExpires ?? '') > now.getTime();
  if (!isValid) return undoButton(change);
  if (hasOldPlan(change)) return [...againButton(change), ...withoutRetry(change, ['cancel'])];
  const note = `A retry is a new approval of the same plan. ${NOT_REPEATED}`;
  const more = [...undoButtons(change), ...fullPlanButton(change)];
  return [...withButtons(change, ['retry', 'cancel', ...glass(view)], note, more), ...undoNote(change)];
}

/** Only Undo and the plan, for a change that stopped and cannot be retried. */
export const undoButton = (change: Change): readonly Block[] => withoutRetry(change, []);

const withoutRetry = (change: Change, kinds: readonly DecisionKind[]): readonly Block[] => [
  ...withButtons(change, kinds, undefined, [...undoButtons(change), ...fullPlanButton(change)]),
  ...undoNote(change),
];

/** Only the plan, for a change that is done. */
export const planButton = (change: Change): readonly Block[] =>
  withButtons(change, [], undefined, fullPlanButton(change));

function withButtons(
  change: Change,
  kinds: readonly DecisionKind[],
  note?: string,
  more: readonly types.Button[] = [],
  opens?: string,
): readonly Block[] {
  const { digest } = change;
  if (digest === undefined) return [];
  const elements = [...kinds.map((kind) => button(kind, change, digest, opens)), ...more];
  if (elements.length === 0) return [];
  return [{ type: 'actions', block_id: 'decision', elements }, ...(note === undefined ? [] : [context(note)])];
}

/** Deny and Break glass have a window of their own instead of a dialog. */
function button(kind: DecisionKind, change: Change, digest: string, opens?: string): types.Button {
  const value = JSON.stringify({ change: change.id, digest });
  if (kind === 'deny' || kind === 'break-glass') {
    const text = plain(kind === 'deny' ? 'Deny' : 'Break glass');
    return { type: 'button', action_id: ACTIONS[kind], text, style: 'danger', value };
  }
  const { label, style, title, what, yes, no } = wordsOf(kind, change, whatRuns(change, digest, opens));
  return {
    type: 'button',
    action_id: ACTIONS[kind],
    text: plain(label),
    style,
    value,
    confirm: {
      title: plain(cut(`${title} ${cleanLine(change.id)}?`, CONFIRM_TITLE_LIMIT)),
      text: plain(cut(what, CONFIRM_TEXT_LIMIT)),
      confirm: plain(yes),
      deny: plain(no),
      style,
    },
  };
}

function wordsOf(kind: Exclude<DecisionKind, 'deny' | 'break-glass'>, change: Change, runs: string): Words {
  switch (kind) {
    case 'approve':
      return { label: 'Approve', style: 'primary', title: 'Approve', what: runs, yes: 'Approve', no: 'Not yet' };
    case 'retry':
      return {
        label: 'Retry from here',
        style: 'primary',
        title: 'Retry',
        what: `${runs} ${NOT_REPEATED}`,
        yes: 'Retry',
        no: 'Not yet',
      };
    case 'cancel':
      return {
        style: 'danger',
        ...cancelWords(change),
      };
  }
}

/** Characters of a long name or reason in a dialog. */
const DIALOG_WORDS = 90;

/** What is approved, in the order in which it matters; the digest, which people compare with the card's, comes last. */
export function whatRuns(change: Change, digest: string, opens?: string): string {
  const { intent, plan, requester } = change;
  const effect = cut(verbPlug(intent.verb).words.effect(change), DIALOG_WORDS);
  const by = cut(cleanLine(requester.name), DIALOG_WORDS / 3);
  const reason = intent.reason === undefined ? '' : `: “${cut(cleanLine(intent.reason), DIALOG_WORDS / 2)}”`;
  const { from = 0, to = 0 } = plan?.seen.estimate ?? {};
  const takes = to === 0 ? '' : ` Takes about ${secondsInWords(from)} to ${secondsInWords(to)}.`;
  const starts = opens === undefined ? '' : ` Starts ${utc(opens)}.`;
  return `${effect} Cluster ${intent.cluster}, requested by ${by}${reason}.${restartsOf(change)}${starts}${takes} Plan ${shortDigest(digest)}.`;
}

/** What Cancel does in this state, and a label for the other answer that cannot be read as “cancel”. A failed change is closed. */
function cancelWords({ state }: Pick<Change, 'state'>): Omit<Words, 'style'> {
  const cancel = { label: 'Cancel', title: 'Cancel', yes: 'Cancel it' };
  switch (state) {
    case 'failed':
      return {
        ...{ label: 'Close', title: 'Close', yes: 'Close it', no: 'Keep it open' },
        what: `Nobody can retry it any more. ${STAYS}`,
      };
    case 'approved':
      return {
        ...cancel,
        what: `It ends at once. If it has started by then, it stops at the next safe point. ${STAYS}`,
        no: 'Keep it',
      };
    default:
      return { ...cancel, what: `It stops at the next safe point. ${STAYS}`, no: 'Keep it running' };
  }
}

const plain = (text: string): types.PlainTextElement => ({ type: 'plain_text', text });
