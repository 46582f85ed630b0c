import { type Refusal, refuse } from '../answers/refusal.ts';
import { isLogin, loginPerson, type Person } from '../change/approval.ts';
import type { Change } from '../change/change.ts';
import { count, listed } from '../text/format.ts';
import { type KeptHold, refusedBy, waysOut } from './hold.ts';

/** Who may do what at the terminal of the bootstrap node, by login; from the worker's configuration. */
export interface TerminalRules {
  /** The channel for the cards of these changes. */
  readonly channel: string;
  /** Approvers may request, too. */
  readonly requesters: readonly string[];
  readonly approvers: readonly string[];
  readonly approvals: number;
  /** Those who may start a change alone. */
  readonly breakGlass: readonly string[];
}

/** Who may change something while the configuration names nobody. */
export const NOBODY: TerminalRules = { channel: '', requesters: [], approvers: [], approvals: 1, breakGlass: [] };

/** Null if this login may request a change here, and the change could be started at all. */
export function mayRequestHere(rules: TerminalRules, login: string, isAlone: boolean): Refusal | null {
  const { requesters, approvers, approvals, breakGlass } = rules;
  if (isAlone) return mayBreakGlass(rules, login);
  if (![...requesters, ...approvers, ...breakGlass].includes(login))
    return notAllowed(login, 'request changes', 'requesters', requesters);
  const others = approvers.filter((one) => one !== login);
  if (others.length >= approvals) return null;
  return refuse(
    'not-approvable',
    `A change that you request here needs ${count(approvals, 'approval')} by other people, and the worker’s configuration names ${others.length === 0 ? 'nobody else' : listed(others)} (terminal.approvers).`,
    breakGlass.includes(login) ? 'To start it alone: --break-glass "REASON"' : 'Ask somebody who may break glass.',
  );
}

/** Null if this login may start this planned or failed change, or approve it as one of several. */
export function mayStartHere(rules: TerminalRules, change: Change, login: string, isAlone: boolean): Refusal | null {
  if (isAlone) return mayBreakGlass(rules, login);
  const { approvers } = rules;
  const { id } = loginPerson(login);
  if (change.requester.id === id)
    return refuse(
      'own-request',
      'You requested this change, so another person must approve it.',
      `Ask ${named(approvers.filter((one) => one !== login))} to run: registry-ha ${change.state === 'failed' ? 'retry' : 'approve'} ${change.id}`,
    );
  if (!approvers.includes(login)) return notAllowed(login, 'approve changes', 'approvers', approvers);
  if (!change.votes.some((vote) => vote.id === id)) return null;
  const says = `Your approval of ${change.id} already counts. Another person must approve, too.`;
  return refuse('decided-already', says, `Ask ${named(approvers.filter((one) => one !== login))}.`);
}

/** A freeze or lock stops everyone at the terminal who does not break glass. `says`: which one. */
export const heldRefusal = (hold: KeptHold, says: string): Refusal =>
  refuse(
    refusedBy(hold),
    `${says} No change that touches it may start.`,
    `${waysOut(hold, ' in Slack')}. While Slack is down, a person who may break glass can start it: --break-glass "REASON"`,
  );

/** Null if this login may cancel this change. */
export function mayCancelHere({ approvers, breakGlass }: TerminalRules, change: Change, login: string): Refusal | null {
  if (change.requester.id === loginPerson(login).id || [...approvers, ...breakGlass].includes(login)) return null;
  return notAllowed(login, 'cancel changes of other people', 'approvers', approvers);
}

/** Those whose approval counts now, in order: everyone once, and never the requester. */
export function countingHere(rules: TerminalRules, change: Change, given: readonly Person[]): readonly Person[] {
  const each = new Map(given.map((person) => [person.id, person]));
  return [...each.values()].filter(
    ({ id, name }) => isLogin(id) && id !== change.requester.id && rules.approvers.includes(name),
  );
}

function mayBreakGlass({ breakGlass }: TerminalRules, login: string): Refusal | null {
  return breakGlass.includes(login) ? null : notAllowed(login, 'start a change alone', 'breakGlass', breakGlass);
}

const notAllowed = (login: string, doing: string, list: string, people: readonly string[]): Refusal =>
  refuse(
    'not-allowed',
    `The login ${login} may not ${doing} at this terminal.`,
    people.length === 0
      ? `The worker’s configuration names nobody for it (terminal.${list}).`
      : `Ask ${named(people)} (terminal.${list} in the worker’s configuration).`,
  );

const named = (people: readonly string[]): string => people.join(' or ') || 'somebody';
