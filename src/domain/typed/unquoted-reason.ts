import { type Refusal, refuse } from '../answers/refusal.ts';
import { clipped } from '../text/clipped.ts';
import { quoted } from './tokenize.ts';

/** What a verb takes as its argument. */
export type Takes = 'NODE' | 'CHANGE' | null;

/** A command with words after an unquoted reason: they may belong to the reason, or be names. */
export interface UnquotedReason {
  readonly verb: string;
  readonly takes: Takes;
  /** True if it needs no name: then all words belong to the reason. */
  readonly mayNameNone?: boolean;
  /** Names elsewhere in the command, which cannot belong to the reason. */
  readonly names: readonly string[];
  readonly switches?: readonly string[];
  readonly cluster: string | undefined;
  readonly first: string;
  /** The words after it, up to the next flag or the end; at least one. */
  readonly behind: readonly string[];
}

/** Characters; a longer command is not repeated in the refusal. */
const SHOWN_LIMIT = 400;

/** Always refuses: guessing could plan a change of the node in “replace node-1”. */
export function unquotedReason(unquoted: UnquotedReason): Refusal {
  const says = `The reason has no quotes, so it is unclear whether “${clipped(unquoted.behind[0] ?? '')}” belongs to it.`;
  const meant = meantCommand(unquoted)
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '');
  const shown = meant.length <= SHOWN_LIMIT ? `/registry-ha ${meant}` : '--reason "disk of node-1"';
  return refuse('bad-command', says, `Put the reason in quotes: ${shown}`);
}

function meantCommand({
  verb,
  takes,
  mayNameNone,
  names,
  switches = [],
  cluster,
  first,
  behind,
}: UnquotedReason): string {
  const [only, ...others] = behind;
  const needsName = takes !== null && mayNameNone !== true && names.length === 0;
  const isName = needsName && others.length === 0;
  const reason = isName ? first : [first, ...behind].join(' ');
  return [
    verb,
    ...(takes === null ? [] : names),
    ...(isName ? [only] : []),
    ...(needsName && !isName ? [takes] : []),
    ...switches,
    ...(cluster === undefined ? [] : ['--cluster', cluster]),
    `--reason ${quoted(reason.trim())}`,
  ].join(' ');
}
