import { isObject, type JsonObject, numberIn, objectsIn, textIn, typeOf } from '../state/json.ts';
import { isKnownEmoji, shortCodeOf } from './emoji.ts';
import { isSafeUrl } from './inline-parser.ts';
import { formatSlackDate } from './slack-date.ts';
import type { Inline, Paragraph, TextStyle } from './text-tree.ts';

/** Parses a `rich_text` block. */
export function readRichText(block: JsonObject): readonly Paragraph[] {
  return objectsIn(block.elements).map(readPart);
}

function readPart(part: JsonObject): Paragraph {
  const elements = objectsIn(part.elements);
  switch (part.type) {
    case 'rich_text_section':
      return { is: 'paragraph', of: elements.flatMap(readElement) };
    case 'rich_text_quote':
      return { is: 'quote', of: [{ is: 'paragraph', of: elements.flatMap(readElement) }] };
    case 'rich_text_preformatted':
      return { is: 'preformatted', text: elements.map((one) => textIn(one.text) || textIn(one.url)).join('') };
    case 'rich_text_list': {
      const items = elements.map((item) => objectsIn(item.elements).flatMap(readElement));
      return { is: 'list', ordered: part.style === 'ordered', indent: numberIn(part.indent), items };
    }
    default:
      return { is: 'unknown-part', type: typeOf(part) };
  }
}

function readElement(one: JsonObject): readonly Inline[] {
  if (one.type === 'text' && isObject(one.style) && one.style.code === true) {
    return styled([{ is: 'code', text: textIn(one.text) }], one.style);
  }
  return styled(bareElement(one), one.style);
}

function bareElement(one: JsonObject): readonly Inline[] {
  switch (one.type) {
    case 'text':
      return linesOf(textIn(one.text));
    case 'link':
      return [linkOf(textIn(one.url), textIn(one.text))];
    case 'emoji':
      return [emojiOf(textIn(one.name))];
    case 'user':
      return [{ is: 'person', id: textIn(one.user_id), label: undefined }];
    case 'channel':
      return [{ is: 'channel', id: textIn(one.channel_id), label: undefined }];
    case 'broadcast':
      return [{ is: 'broadcast', source: `@${textIn(one.range)}` }];
    case 'date':
      return [{ is: 'text', text: dateText(one) }];
    default:
      return [{ is: 'unknown', type: typeOf(one) }];
  }
}

function linesOf(text: string): readonly Inline[] {
  return text.split('\n').flatMap((line, index): readonly Inline[] => {
    const words: readonly Inline[] = splitPictures(line);
    return index === 0 ? words : [{ is: 'break' }, ...words];
  });
}

/** Draws emoji characters and leaves all other text unchanged. */
function splitPictures(line: string): readonly Inline[] {
  return line.split(/(\p{Extended_Pictographic}\uFE0F?)/u).flatMap((piece): readonly Inline[] => {
    const name = shortCodeOf(piece);
    if (name !== undefined) return [{ is: 'emoji', name }];
    return piece === '' ? [] : [{ is: 'text', text: piece }];
  });
}

function linkOf(url: string, label: string): Inline {
  const of: readonly Inline[] = [{ is: 'text', text: label === '' ? url : label }];
  return isSafeUrl(url) ? { is: 'link', url, of } : { is: 'text', text: label === '' ? url : `${label} (${url})` };
}

function emojiOf(name: string): Inline {
  return isKnownEmoji(name) ? { is: 'emoji', name } : { is: 'text', text: `:${name}:` };
}

function dateText(one: JsonObject): string {
  return formatSlackDate(numberIn(one.timestamp), textIn(one.format)) ?? textIn(one.fallback);
}

const STYLES: readonly TextStyle[] = ['bold', 'italic', 'strike', 'underline'];

function styled(parts: readonly Inline[], style: unknown): readonly Inline[] {
  if (!isObject(style)) return parts;
  const wanted = STYLES.filter((name) => style[name] === true);
  return wanted.reduce<readonly Inline[]>((of, name) => [{ is: 'styled', style: name, of }], parts);
}
