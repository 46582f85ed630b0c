import { type BlockIssue, blockIssue } from './pointers.ts';
import { SURFACES, type Surface } from './surfaces.ts';
import { wholeIssues } from './whole-message.ts';

/**
 * Undocumented: `msg_blocks_too_long` above about 13,200 characters. From slackapi/bolt-js issues 2509 (13,297 of
 * markdown alone) and 2867 (11,341 characters of text in many small elements). The length of the compact JSON explains
 * both.
 */
export const BLOCKS_CHARACTERS = 13_200;

/** All errors that Slack would report for these blocks on this surface. */
export function validateBlocks(surface: Surface, blocks: readonly unknown[]): readonly BlockIssue[] {
  const base = surface === 'message' ? '/blocks' : '/view/blocks';
  const parsed = SURFACES[surface].safeParse(blocks);
  const single = parsed.success ? [] : parsed.error.issues.flatMap((issue) => blockIssue(issue, blocks, base));
  return [...single, ...wholeIssues(blocks, base)];
}

/** Whether a message's blocks are too long in total. */
export function blocksTooLong(blocks: readonly unknown[]): boolean {
  return JSON.stringify(blocks).length > BLOCKS_CHARACTERS;
}
