import { type Child, element, fragment } from '../dom/dom.ts';
import { emoji } from '../dom/icon.ts';
import { isObject, textIn, typeOf } from '../state/json.ts';
import { parseMrkdwn, parsePlainText } from '../text/mrkdwn.ts';
import type { Inline, Paragraph, TextStyle } from '../text/text-tree.ts';
import { type BlockView, unknownBox } from './view.ts';

const TAGS = { bold: 'strong', italic: 'em', strike: 's', underline: 'u' } as const satisfies Record<TextStyle, string>;

/** Draws running text. */
export function inlineNodes(parts: readonly Inline[], view: BlockView): DocumentFragment {
  return fragment(parts.map((part) => inlineNode(part, view)));
}

function inlineNode(part: Inline, view: BlockView): Child {
  switch (part.is) {
    case 'text':
      return part.text;
    case 'styled':
      return element(TAGS[part.style], {}, inlineNodes(part.of, view));
    case 'code':
      return element('code', {}, part.text);
    case 'link':
      return linkTo(part.url, inlineNodes(part.of, view));
    case 'person':
      return element('span', { class: 'mention' }, `@${view.nameOf(part.id) ?? part.label ?? part.id}`);
    case 'channel':
      return element('span', { class: 'mention' }, `#${part.label ?? view.channelName}`);
    case 'broadcast':
      return element('span', { class: 'mention broadcast', title: 'Slack would notify many people' }, part.source);
    case 'emoji':
      return emoji(part.name);
    case 'unknown':
      return unknownBox('element', part.type);
    default:
      return element('br');
  }
}

/** A link that opens in a new tab and sends no referrer. */
export function linkTo(url: string, label: Child): HTMLElement {
  return element('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, label);
}

/** Draws paragraphs, lists, quotes and preformatted text. */
export function paragraphNodes(parts: readonly Paragraph[], view: BlockView): DocumentFragment {
  return fragment(parts.map((part) => paragraphNode(part, view)));
}

function paragraphNode(part: Paragraph, view: BlockView): HTMLElement {
  switch (part.is) {
    case 'paragraph':
      return element('p', {}, inlineNodes(part.of, view));
    case 'heading':
      return element('h4', {}, inlineNodes(part.of, view));
    case 'quote':
      return element('blockquote', {}, paragraphNodes(part.of, view));
    case 'preformatted':
      return element('pre', { tabindex: '0' }, part.text);
    case 'list': {
      const items = part.items.map((item) => element('li', {}, inlineNodes(item, view)));
      return element(part.ordered ? 'ol' : 'ul', { 'data-indent': String(part.indent) }, ...items);
    }
    case 'rule':
      return element('hr');
    default:
      return unknownBox('element', part.type);
  }
}

/** Draws a text object, `mrkdwn` or `plain_text`. */
export function textObject(value: unknown, view: BlockView): HTMLElement {
  if (!isObject(value)) return unknownBox('element', 'text object');
  const text = textIn(value.text);
  if (value.type === 'mrkdwn') return element('div', { class: 'text' }, paragraphNodes(parseMrkdwn(text), view));
  if (value.type !== 'plain_text') return unknownBox('element', typeOf(value));
  return element('div', { class: 'text' }, element('p', {}, inlineNodes(plainText(value), view)));
}

/** The text of a `plain_text` object. */
export function plainText(value: unknown): readonly Inline[] {
  if (!isObject(value)) return [];
  const text = textIn(value.text);
  return value.emoji === false ? [{ is: 'text', text }] : parsePlainText(text);
}
