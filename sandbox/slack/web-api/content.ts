import { jsonIn } from '../../../src/domain/text/json.ts';
import { withIds } from '../blocks/block-parts.ts';
import { blocksTooLong, validateBlocks } from '../blocks/validate-blocks.ts';
import { isFields, objectsIn } from '../json.ts';
import type { Site } from '../site/site.ts';
import { type Answer, refuse, refuseIssues } from './answer.ts';

/** Slack truncates longer texts (chat.postMessage reference, "Truncating content"). */
const TEXT_LIMIT = 40_000;

/** The content of a message, or the error. */
export type Content =
  | { readonly is: 'content'; readonly text: string; readonly blocks: readonly unknown[] }
  | { readonly is: 'refused'; readonly answer: Answer };

/** The two content fields as they arrive: `blocks` is a list, or its JSON in a form. */
export interface ContentArgs {
  readonly text?: string | undefined;
  readonly blocks?: unknown;
}

/** Checks text and blocks of a message by all of Slack's rules. */
export function contentOf({ text = '', blocks }: ContentArgs, site: Site): Content {
  const listed = typeof blocks === 'string' ? blocksFrom(blocks) : (blocks ?? []);
  if (!Array.isArray(listed) || !listed.every(isFields)) return no(refuse('invalid_blocks_format'));
  const answer = blocksRefusal(listed, site);
  if (answer !== undefined) return no(answer);
  if (text === '' && listed.length === 0) return no(refuse('no_text'));
  return { is: 'content', text: text.slice(0, TEXT_LIMIT), blocks: withIds(listed, site.newId) };
}

function blocksFrom(json: string): unknown {
  return json === '' ? [] : jsonIn(json);
}

function blocksRefusal(blocks: readonly unknown[], site: Site): Answer | undefined {
  const planted = site.faults.refusedBlock();
  const refused = objectsIn(blocks).findIndex((block) => block.type === planted);
  if (refused >= 0) {
    return refuseIssues('invalid_blocks', [
      { pointer: `/blocks/${refused}/type`, says: `unsupported type: ${planted}` },
    ]);
  }
  const issues = validateBlocks('message', blocks);
  if (issues.length > 0) return refuseIssues('invalid_blocks', issues);
  return blocksTooLong(blocks) ? refuse('msg_blocks_too_long') : undefined;
}

const no = (answer: Answer): Content => ({ is: 'refused', answer });
