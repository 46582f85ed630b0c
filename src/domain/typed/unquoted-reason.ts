import { type Refusal, refuse } from '../answers/refusal.ts';
import { clipped } from '../text/clipped.ts';

/** What is named behind a verb; null: nothing. */
export type Takes = 'NODE' | 'CHANGE' | null;

/** A command in which words stand right behind a reason without quotes: more of the reason, or names? */
export interface UnquotedReason {
  readonly verb: string;
  readonly takes: Takes;
  /** Names that stand elsewhere, so that they cannot be meant as the reason. */
  readonly names: readonly string[];
  readonly cluster: string | undefined;
  readonly first: string;
  /** What stands right behind it, up to the next flag or the end; at least one word. */
  readonly behind: readonly string[];
}

/** A longer command is not repeated: nobody would read it. */
const SHOWN_LIMIT = 400;

/** Nobody guesses which word is a node: a plan for the node in “replace node-1” is asked for on purpose, or not at all. */
export function unquotedReason(unquoted: UnquotedReason): Refusal {
  const says = `Without quotes it is unclear where the reason ends: is “${clipped(unquoted.behind[0] ?? '')}” a part of it?`;
  const meant = meantCommand(unquoted)
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '');
  const shown = meant.length <= SHOWN_LIMIT ? `/registry-ha ${meant}` : '--reason "disk of node-1"';
  return refuse('bad-command', says, `Put it in quotes: ${shown}`);
}

function meantCommand({ verb, takes, names, cluster, first, behind }: UnquotedReason): string {
  const [only, ...others] = behind;
  const needsName = takes !== null && names.length === 0;
  const isName = needsName && others.length === 0;
  const reason = isName ? first : [first, ...behind].join(' ');
  return [
    verb,
    ...(takes === null ? [] : names),
    ...(isName ? [only] : []),
    ...(needsName && !isName ? [takes] : []),
    ...(cluster === undefined ? [] : ['--cluster', cluster]),
    `--reason "${reason.trim().replaceAll(/["“”„«»]/g, "'")}"`,
  ].join(' ');
}
