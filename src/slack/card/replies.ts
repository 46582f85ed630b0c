import { NO_CALLS } from '../../app/policy/calls.ts';
import { isLogin, type Person } from '../../domain/change/approval.ts';
import type { Change } from '../../domain/change/change.ts';
import type { JournalMark } from '../../domain/change/record-entry.ts';
import { shortDigest } from '../../domain/plan/digest.ts';
import type { Call } from '../../domain/policy/call.ts';
import type { People } from '../../domain/policy/policy.ts';
import { verbPlug } from '../../domain/verbs/verbs.ts';
import { approvalsSoFar, approversOf } from '../text/approvals-line.ts';
import { cut, cutStart, TEXT_LIMIT } from '../text/fit.ts';
import { codeLines, escaped } from '../text/foreign-text.ts';
import { mentions } from '../text/mentions.ts';
import { person } from '../text/names.ts';
import { failedAt } from './outcome.ts';
import { phaseReplies } from './phases.ts';
import type { Reply } from './reply.ts';
import { duration, opening, proofInWords } from './status.ts';

/** Characters of a failure's output in a reply; the card has more. */
const QUOTE_LIMIT = 600;
/** A shorter quotation is left out. */
const QUOTE_AT_LEAST = 40;
/** Characters for the fences of a quotation, and for the journal line and hash at the end. */
const FENCES = 10;
const MARK_ROOM = 60;

/** All replies for the change so far, in order. The last one names the journal line of the end (`mark`). */
export function repliesOf(change: Change, mark?: JournalMark, calls = NO_CALLS): readonly Reply[] {
  const call = calls.toDecide;
  const [first, ...direct] = endReply(change, call).map((reply) =>
    mark === undefined ? reply : witnessed(reply, mark),
  );
  const end = first === undefined ? [] : [{ ...first, isEnd: true }, ...direct];
  const all = [
    ...glassReply(change, calls.toTell),
    ...approvedReply(change),
    ...voteReply(change, call),
    ...phaseReplies(change),
    ...end,
    ...undoReply(change),
  ];
  return all.map((reply) => ({ ...reply, text: cut(reply.text, TEXT_LIMIT) }));
}

/** Quotes the journal hash, so that a later edit of the journal is detected. A long text is cut for it. */
function witnessed(reply: Reply, { line, hash }: JournalMark): Reply {
  const mark = ` (Journal line ${line}, ${shortDigest(hash)}…)`;
  return { ...reply, text: `${cut(reply.text, TEXT_LIMIT - mark.length)}${mark}` };
}

/** In the thread and in the channel: that one person approved alone, why, and who is to know. */
function glassReply({ brokenGlass, ...change }: Change, tell: People): readonly Reply[] {
  if (brokenGlass === undefined) return [];
  const { by: who, reason, at } = brokenGlass;
  const called = mentions(tell);
  const what = `${escaped(verbPlug(change.intent.verb).words.aim(change))} (${escaped(change.id)})`;
  const text = `:rotating_light: *Break glass*: ${person(who)} approved it alone${isLogin(who.id) ? ' at the terminal of the bootstrap node' : ''}: ${what}. Reason: “${escaped(reason)}”. ${called}`;
  return [{ name: `glass-${at}`, text: text.trimEnd(), broadcast: true }];
}

function approvedReply(change: Change): readonly Reply[] {
  const { approver, approvals } = change;
  if (approver === undefined) return [];
  const text =
    approvals > 1
      ? `Approved again by ${approversOf(change, nameOf)}. Resuming at the failed step.`
      : `Approved by ${approversOf(change, nameOf)}. ${opening(change)}`.trimEnd();
  return [quiet(numbered('approved', change), text)];
}

/** One of several approvals; the last one is the approval itself. */
function voteReply(change: Change, call: Call): readonly Reply[] {
  const { votes, approvals } = change;
  if (votes.length === 0) return [];
  // One that no longer counts may have made place for another.
  const name = `vote-${approvals + 1}-${votes.map(({ id }) => id).join('-')}`;
  const others = call.by === 'thread' ? mentions(call) : '';
  const wanted = others === '' ? '' : ` Still wanted: one of ${others}.`;
  return [quiet(name, `${approvalsSoFar(change, nameOf)}${wanted}`)];
}

function endReply(change: Change, call: Call): readonly Reply[] {
  const asker = person(change.requester);
  switch (change.state) {
    case 'denied':
      return [quiet('denied', `${asker}: denied${by(change)}. Nothing was changed.`)];
    case 'expired':
      return [quiet('expired', `${asker}: the plan expired before a decision. Nothing was changed.`)];
    case 'refused':
      return [quiet('refused', `${asker}: refused. ${escaped(change.refusal?.says ?? '')}`)];
    case 'failed':
      return failedReplies(change, call);
    case 'cancelled':
      return [quiet('cancelled', cancelledText(change))];
    case 'done':
      return [quiet('done', doneText(change))];
    default:
      return [];
  }
}

function undoReply({ undoAsked, undoneBy }: Change): readonly Reply[] {
  if (undoAsked === undefined) return [];
  const text = `${person(undoAsked.by)} requested an undo. Change ${escaped(undoAsked.change)} has its own card.`;
  const undone = quiet(`undone-${undoneBy}`, `Undone by change ${escaped(undoneBy ?? '')}. Nothing of it is left.`);
  return [quiet(`undo-${undoAsked.change}`, text), ...(undoneBy === undefined ? [] : [undone])];
}

/** Not a mention: a new message would call the person, who has just clicked. */
const nameOf = ({ name }: Person): string => escaped(name);

/** The first time has no number. */
const numbered = (name: string, { approvals }: Change): string => (approvals > 1 ? `${name}-${approvals}` : name);

const quiet = (name: Reply['name'], text: string): Reply => ({ name, text, broadcast: false });

const by = ({ deniedBy, deniedWhy }: Change): string =>
  `${deniedBy === undefined ? '' : ` by ${person(deniedBy)}`}${deniedWhy === undefined ? '' : `: “${escaped(deniedWhy)}”`}`;

/** Calls the requester and everyone who may retry. */
function failedReplies(change: Change, call: Call): readonly Reply[] {
  const name = numbered('failed', change);
  const inThread = call.by === 'thread' ? call : { users: [], groups: call.by === 'direct' ? call.groups : [] };
  const whom = mentions({ ...inThread, users: inThread.users.filter((id) => id !== change.requester.id) });
  const asked = `${person(change.requester)}${whom === '' ? '' : ` ${whom}`}: `;
  const text = `${asked}${failedText(change, asked.length)}`;
  const direct = call.by === 'direct' ? call.users : [];
  return [
    { name, text, broadcast: true },
    ...direct.map((to) => ({ name: `${name} to ${to}`, text: failedText(change, 0), broadcast: false, to })),
  ];
}

/** `taken`: characters of the message that others need. */
function failedText(change: Change, taken: number): string {
  const { failure } = change;
  const at = failedAt(change);
  const said = `${escaped(change.id)} failed${at === '' ? '' : ` at ${at}`}`;
  if (failure === undefined) return said;
  const what = `${said} (${escaped(failure.where)}). ${escaped(failure.what)}`;
  const next = `${escaped(failure.next)}${lateCancel(change)}`;
  return `${what}${quoted(failure.detail, TEXT_LIMIT - MARK_ROOM - taken - what.length - next.length)}${next}`;
}

/** A failure's output as a quotation between two sentences; a space when there is none or no room. */
function quoted(detail: string | undefined, room: number): string {
  const limit = Math.min(QUOTE_LIMIT, room - FENCES);
  const lines = detail === undefined || limit < QUOTE_AT_LEAST ? '' : cutStart(codeLines(detail), limit);
  return lines === '' ? ' ' : `\n\`\`\`\n${lines}\n\`\`\`\n`;
}

function cancelledText({ requester, cancelledBy, startedAt }: Change): string {
  const whom = cancelledBy === undefined ? '' : ` by ${person(cancelledBy)}`;
  const left = startedAt === undefined ? 'Nothing was changed.' : 'Completed steps stay completed.';
  return `${person(requester)}: cancelled${whom}. ${left}`;
}

function doneText(change: Change): string {
  const time = duration(change);
  const took = time === null ? '' : ` in ${time}`;
  const { limits } = verbPlug(change.intent.verb).words;
  const proof = `${proofInWords(change)}${limits === null ? '' : ` ${limits}`}`;
  return `${person(change.requester)}: done${took}. ${proof}${lateCancel(change)}`;
}

/** A click on Cancel gets an answer, also when the last safe point was behind it. */
const lateCancel = ({ lateCancelBy }: Change): string =>
  lateCancelBy === undefined ? '' : ` The cancel of ${person(lateCancelBy)} came too late: the change ended by itself.`;
