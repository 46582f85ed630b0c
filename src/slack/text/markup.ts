import type { Markup } from '../../domain/text/markup.ts';
import { code, escaped } from './foreign-text.ts';
import { moment, person } from './names.ts';

/** Words as Slack's mrkdwn. */
export const MRKDWN: Markup = { text: escaped, code, strong: (label) => `*${label}*`, person, moment };
