import { type ClusterStatus, verdictOf } from './cluster-status.ts';
import { unknowns } from './words.ts';

/** Troubles that a status remembers; a cluster with more has one cause for most of them. */
export const MOST_TROUBLES = 100;

/** The trouble that something could not be read. */
export const UNREAD = 'unknown';

/** Everything that is wrong, one name each: `node-2 not-mounted metalk8s-129.0.0`. */
export function troublesOf(status: ClusterStatus): readonly string[] {
  const { registries, gaps } = status;
  const stale = registries.flatMap(({ node, stale: each }) =>
    each.flatMap((one) => named(`${node} ${one.is}`, one.of)),
  );
  const all = [...gaps.flatMap(({ is, of }) => named(is, of)), ...stale].toSorted().slice(0, MOST_TROUBLES - 1);
  return unknowns(status).length === 0 ? all : [...all, UNREAD];
}

const named = (what: string, of: readonly string[]): readonly string[] =>
  of.length === 0 ? [what] : of.map((one) => `${what} ${one}`.slice(0, 600));

/** The status with the time since when each trouble is there, by the statuses before. */
export function withSince(status: ClusterStatus, before: ClusterStatus | null): ClusterStatus {
  const known = new Map((before?.troubles ?? []).map(({ what, since }) => [what, since]));
  return { ...status, troubles: troublesOf(status).map((what) => ({ what, since: known.get(what) ?? status.at })) };
}

/** True if the status has a trouble that the one before did not have: the next inspection confirms it, or not. */
export const hasNewTrouble = ({ troubles, at }: ClusterStatus): boolean => troubles.some(({ since }) => since === at);

/** How long a part must stay unknown before people are told. */
const UNREAD_FOR_MS = 60 * 60_000;

/** What people must be told, and what they then know. */
export interface News {
  readonly is: 'worse' | 'well' | 'nothing';
  readonly told: readonly string[];
}

/**
 * The news in a status for people who know of the troubles in `told`; null: they were never told anything. A trouble counts once a second
 * inspection has found it. That a part is unknown counts only if it lasts, and never as well again.
 */
export function newsOf(status: ClusterStatus, told: readonly string[] | null): News {
  const confirmed = status.troubles.filter((one) => isConfirmed(one, status)).map(({ what }) => what);
  const before = told ?? confirmed.filter((what) => what.startsWith('one-registry')).map(silently);
  const isKnown = (what: string) => before.includes(what) || before.includes(silently(what));
  if (!confirmed.every(isKnown)) return { is: 'worse', told: union(before, confirmed) };
  if (verdictOf(status) === 'holds')
    return { is: before.some((what) => !isSilent(what)) ? 'well' : 'nothing', told: [] };
  const current = status.troubles.map(({ what }) => what);
  if (current.includes(UNREAD)) return { is: 'nothing', told: before };
  return {
    is: 'nothing',
    told: before.filter((what) => current.some((one) => what === one || what === silently(one))),
  };
}

/** A cluster that never had a second registry has not become worse, and will not be well again: nobody is told. */
const silently = (what: string): string => `silent ${what}`;
const isSilent = (what: string): boolean => what.startsWith('silent ');

const union = (one: readonly string[], other: readonly string[]): readonly string[] =>
  [...new Set([...one, ...other])].slice(0, MOST_TROUBLES);

function isConfirmed({ what, since }: ClusterStatus['troubles'][number], { at }: ClusterStatus): boolean {
  const ageMs = Date.parse(at) - Date.parse(since);
  return what === UNREAD ? ageMs >= UNREAD_FOR_MS : ageMs > 0;
}
