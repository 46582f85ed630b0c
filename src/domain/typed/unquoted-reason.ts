import { type Refusal, refuse } from '../answers/refusal.ts';
import { clipped } from '../text/clipped.ts';

/** A command in which words stand right behind a reason without quotes: more of the reason, or names? */
export interface UnquotedReason {
  readonly verb: string;
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

function meantCommand({ verb, names, cluster, first, behind }: UnquotedReason): string {
  const [only, ...others] = behind;
  const needsName = verb !== 'freeze' && names.length === 0;
  const isName = needsName && others.length === 0;
  const reason = isName ? first : [first, ...behind].join(' ');
  return [
    verb,
    ...(verb === 'freeze' ? [] : names),
    ...(isName ? [only] : []),
    ...(needsName && !isName ? [verb === 'undo' ? 'CHANGE' : 'NODE'] : []),
    ...(cluster === undefined ? [] : ['--cluster', cluster]),
    `--reason "${reason.trim().replaceAll(/["“”„«»]/g, "'")}"`,
  ].join(' ');
}
