import type { types } from '@slack/bolt';
import { type HomeKnown, homeParts } from '../../domain/questions/home/home.ts';
import type { Markup } from '../../domain/text/markup.ts';
import { fullPlanButton } from '../plan/full-plan.ts';
import { type Block, context, type Home, header, section } from '../text/blocks.ts';

/** The Home of a person. Slack takes 100 blocks; four parts of at most ten lines and their titles are fewer. */
export function homeView(known: HomeKnown, markup: Markup, at: string): Home {
  const parts = homeParts(known, markup).flatMap(({ title, none, lines }): readonly Block[] => [
    header(title),
    ...(lines.length === 0 ? [context(none)] : []),
    ...lines.slice(0, MOST_LINES).map(({ text, change }): Block => {
      const [button] = change === null ? [] : fullPlanButton(change.change);
      return button === undefined
        ? section(text)
        : { ...shortSection(text), accessory: { ...button, accessibility_label: `Full plan of ${change?.change.id}` } };
    }),
    ...(lines.length > MOST_LINES ? [context(`… ${lines.length - MOST_LINES} more. ${ALL}`)] : []),
  ]);
  const note = `As of ${markup.moment(at)}. To ask for anything, use ${markup.code('/registry-ha')} in a channel.`;
  return { type: 'home', blocks: [...parts, context(note)] };
}

/** Of each part; the other parts have ten at most. */
const MOST_LINES = 20;
const ALL = 'To see all clusters, type `/registry-ha status --all` in a channel.';

const shortSection = (text: string): types.SectionBlock => ({ type: 'section', text: { type: 'mrkdwn', text } });
