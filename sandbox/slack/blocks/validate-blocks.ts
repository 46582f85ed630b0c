import { type BlockIssue, blockIssue } from './pointers.ts';
import { SURFACES, type Surface } from './surfaces.ts';
import { wholeIssues } from './whole-message.ts';

/**
 * Slack answers msg_blocks_too_long at about 13 200 characters, undocumented: slackapi/bolt-js issues 2509 (markdown
 * alone: 13 297) and 2867 (11 341 characters of text in many small elements were refused). The compact JSON fits both.
 */
export const BLOCKS_CHARACTERS = 13_200;

/** Everything Slack would find wrong with these blocks on this surface; empty when nothing. */
export function validateBlocks(surface: Surface, blocks: readonly unknown[]): readonly BlockIssue[] {
  const base = surface === 'message' ? '/blocks' : '/view/blocks';
  const parsed = SURFACES[surface].safeParse(blocks);
  const single = parsed.success ? [] : parsed.error.issues.flatMap((issue) => blockIssue(issue, blocks, base));
  return [...single, ...wholeIssues(blocks, base)];
}

/** Whether a message's blocks are too long together. */
export function blocksTooLong(blocks: readonly unknown[]): boolean {
  return JSON.stringify(blocks).length > BLOCKS_CHARACTERS;
}
