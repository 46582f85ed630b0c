import { characterOf, drawingOf, type Stroke } from '../text/emoji.ts';
import { type Attributes, drawing, element } from './dom.ts';

/** Draws an emoji by its short code; an unknown code is shown as text. */
export function emoji(name: string): Node {
  const strokes = drawingOf(name);
  if (strokes !== undefined) {
    return drawing({ class: 'emoji', role: 'img', 'aria-label': name.replaceAll('_', ' ') }, strokes.map(pathOf));
  }
  const character = characterOf(name);
  if (character === undefined) return document.createTextNode(`:${name}:`);
  return element('span', { class: 'emoji-text', role: 'img', 'aria-label': name.replaceAll('_', ' ') }, character);
}

function pathOf({ path, fill, line, width }: Stroke): Attributes {
  return {
    d: path,
    fill: fill ?? 'none',
    stroke: line,
    'stroke-width': width === undefined ? undefined : String(width),
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
  };
}

/** Line icons in the colour of the surrounding text. */
const LINES = {
  eye: 'M1.8 10C3.6 6.5 6.5 4.7 10 4.7s6.4 1.8 8.2 5.3c-1.8 3.5-4.7 5.3-8.2 5.3S3.6 13.5 1.8 10zM10 7.5a2.5 2.5 0 1 1 0 5a2.5 2.5 0 1 1 0-5z',
  check: 'M5.8 10.3l2.9 2.9l5.5-6.2',
  cross: 'M6.8 6.8l6.4 6.4M13.2 6.8l-6.4 6.4',
  close: 'M5 5l10 10M15 5L5 15',
  reply: 'M8 5L3.5 9.5L8 14M4 9.5h7.5a5 5 0 0 1 5 5V16',
  chevron: 'M7.5 5l5 5l-5 5',
  picture: 'M3 4.5h14v11H3zM3 13l4-4l3.5 3.5L13 10l4 4M12.5 7.3v.1',
  link: 'M8.5 11.5a3 3 0 0 0 4.3 0l2.7-2.7a3 3 0 0 0-4.3-4.3l-1 1M11.5 8.5a3 3 0 0 0-4.3 0l-2.7 2.7a3 3 0 0 0 4.3 4.3l1-1',
} as const;

export function lineIcon(name: keyof typeof LINES): SVGElement {
  const path: Attributes = { d: LINES[name], fill: 'none', stroke: 'currentColor', 'stroke-width': '1.7' };
  return drawing({ class: 'icon', 'aria-hidden': 'true' }, [
    { ...path, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' },
  ]);
}
