import { renderBlock } from '../blocks/blocks.ts';
import { paragraphNodes } from '../blocks/text-view.ts';
import type { BlockView } from '../blocks/view.ts';
import { type Child, element } from '../dom/dom.ts';
import { lineIcon } from '../dom/icon.ts';
import type { Author, FileShown, Message } from '../state/state.ts';
import type { ReplyCount } from '../state/visible.ts';
import { parseMrkdwn } from '../text/mrkdwn.ts';
import { fullTime, timeOfDay } from '../text/slack-date.ts';

/** Slackbot reports failed commands; it is not an app. */
const SLACKBOT = 'USLACKBOT';

/** Context for drawing a message. */
export interface MessageView extends BlockView {
  readonly isCompact: boolean;
  readonly isInThread: boolean;
  readonly isThreadOpen: boolean;
  readonly replies: ReplyCount | undefined;
  readonly complaint: string | undefined;
  readonly parentText: string | undefined;
  readonly shortcuts: readonly string[];
}

/** Draws one message with its avatar, author, time, blocks, and the link to its thread. */
export function renderMessage(message: Message, view: MessageView): HTMLElement {
  const { author, ephemeralFor } = message;
  const body = element(
    'div',
    { class: 'body' },
    ephemeralFor === undefined ? undefined : ephemeralLine(),
    view.isCompact ? undefined : byLine(message),
    broadcastLine(message, view),
    element('div', { class: 'content' }, ...contents(message, view), ...message.files.map(fileView)),
    view.complaint === undefined ? undefined : element('p', { class: 'complaint', role: 'alert' }, view.complaint),
    replyLink(message, view),
    menu(message, view),
  );
  const attributes = {
    class: [
      'message',
      view.isCompact && 'compact',
      ephemeralFor !== undefined && 'ephemeral',
      view.isThreadOpen && 'open',
    ]
      .filter(Boolean)
      .join(' '),
    'data-ts': message.ts,
    'data-author': author.name,
    'data-ephemeral': ephemeralFor === undefined ? undefined : ephemeralFor,
  };
  return element('li', attributes, view.isCompact ? timeStamp(message.ts) : avatar(author), body);
}

/** An avatar: a person's initials, or the app's mark. */
export function avatar({ id, name, isBot }: Author): HTMLElement {
  if (isBot && id !== SLACKBOT)
    return element('span', { class: 'avatar bot', 'aria-hidden': 'true' }, ...registryMark());
  return element('span', { class: `avatar shade-${shadeOf(id)}`, 'aria-hidden': 'true' }, initials(name));
}

function registryMark(): readonly Child[] {
  return [element('i', {}), element('i', {}), element('i', {})];
}

function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter((word) => word !== '');
  return words
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join('');
}

/** One of six avatar colours, always the same for a person. */
function shadeOf(id: string): number {
  return [...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 6;
}

function ephemeralLine(): HTMLElement {
  return element('div', { class: 'only-you' }, lineIcon('eye'), 'Only visible to you');
}

function byLine(message: Message): HTMLElement {
  const { author, ts } = message;
  return element(
    'div',
    { class: 'by' },
    element('span', { class: 'author' }, author.name),
    author.isBot && author.id !== SLACKBOT ? element('span', { class: 'badge' }, 'APP') : undefined,
    timeStamp(ts),
  );
}

function timeStamp(ts: string): HTMLElement {
  const at = new Date(Number(ts) * 1000);
  const machine = Number.isNaN(at.getTime()) ? undefined : at.toISOString();
  return element('time', { datetime: machine, title: fullTime(ts) }, timeOfDay(ts));
}

function broadcastLine(message: Message, view: MessageView): Child {
  if (!message.broadcast || view.isInThread) return undefined;
  const words = view.parentText === undefined ? 'replied to a thread' : `replied to a thread: ${view.parentText}`;
  return element(
    'button',
    { type: 'button', class: 'in-thread', 'data-thread': message.threadTs },
    lineIcon('reply'),
    element('span', {}, words),
  );
}

function contents(message: Message, view: MessageView): readonly Child[] {
  if (message.text === '' && message.files.length > 0) return [];
  if (message.blocks.length > 0) return message.blocks.map((block) => renderBlock(block, view));
  const edited = message.isMarkedEdited ? element('span', { class: 'edited' }, '(edited)') : undefined;
  return [element('div', { class: 'block text' }, paragraphNodes(parseMrkdwn(message.text), view), edited)];
}

/** A file: its name, its size, and a link that opens its text. */
function fileView({ id, name, size }: FileShown): HTMLElement {
  const kilobytes = Math.ceil(size / 1000);
  return element(
    'a',
    { class: 'file', href: `/page/files/${id}`, target: '_blank', rel: 'noopener', 'data-file': id },
    element('strong', {}, name),
    element('span', {}, `Plain text, ${kilobytes} kB`),
  );
}

/** The shortcuts of a message that everyone sees. */
function menu({ author, ephemeralFor }: Message, { shortcuts }: MessageView): Child {
  if (!author.isBot || ephemeralFor !== undefined || shortcuts.length === 0) return undefined;
  const entries = shortcuts.map((name) => element('button', { type: 'button', 'data-shortcut': name }, name));
  return element('details', { class: 'menu' }, element('summary', { 'aria-label': 'More actions' }, '⋮'), ...entries);
}

function replyLink(message: Message, view: MessageView): Child {
  if (view.replies === undefined || view.isInThread) return undefined;
  const { count, lastTs } = view.replies;
  return element(
    'button',
    { type: 'button', class: 'replies', 'data-thread': message.ts, 'aria-expanded': String(view.isThreadOpen) },
    element('strong', {}, count === 1 ? '1 reply' : `${count} replies`),
    element('span', {}, `Last reply ${timeOfDay(lastTs)}`),
    lineIcon('chevron'),
  );
}
