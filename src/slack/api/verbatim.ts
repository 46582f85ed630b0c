import type { types } from '@slack/bolt';

type MrkdwnElement = types.MrkdwnElement;

/** Stops Slack from making links and mentions out of plain words in mrkdwn (docs.slack.dev, text object, field `verbatim`). */
export function verbatim(blocks: readonly types.KnownBlock[]): types.KnownBlock[] {
  return blocks.map(withVerbatim);
}

function withVerbatim(block: types.KnownBlock): types.KnownBlock {
  if (block.type === 'section' && block.text?.type === 'mrkdwn') return { ...block, text: exactly(block.text) };
  if (block.type !== 'context') return block;
  return {
    ...block,
    elements: block.elements.map((element) => (element.type === 'mrkdwn' ? exactly(element) : element)),
  };
}

const exactly = (text: MrkdwnElement): MrkdwnElement => ({ ...text, verbatim: true });
