import type { CommandContext } from './cluster.ts';
import type { Takes } from './unquoted-reason.ts';

/** The example in refusals of texts that name no command. */
export const EXAMPLE = 'For example: /registry-ha add node-2 --reason "second registry before the upgrade"';

/** How a command with this word is typed. */
export const exampleOf = (word: string, takes: Takes): string =>
  ['/registry-ha', word, ...(takes === null ? [] : [SAMPLE[takes]]), '--reason "ticket 4711"'].join(' ');

/** The verb in a suggestion: who wants only a plan gets no command that requests the change. */
export const suggested = (verb: string, { isDryRun = false }: CommandContext): string =>
  isDryRun ? `plan ${verb}` : verb;

const SAMPLE: Readonly<Record<NonNullable<Takes>, string>> = { NODE: 'node-2', CHANGE: 'lab-7f3k2q' };
