import { type Child, element } from '../dom/dom.ts';
import { lineIcon } from '../dom/icon.ts';
import { isObject, type JsonObject, objectsIn, textIn, typeOf } from '../state/json.ts';
import { parseMarkdown } from '../text/markdown.ts';
import { readRichText } from '../text/rich-text.ts';
import { renderButton } from './button.ts';
import { renderPlan, renderTaskCard } from './plan-view.ts';
import { renderTable } from './table-view.ts';
import { inlineNodes, paragraphNodes, plainText, textObject } from './text-view.ts';
import { type BlockView, unknownBox } from './view.ts';

type BlockRenderer = (block: JsonObject, view: BlockView) => HTMLElement;

const RENDERERS: ReadonlyMap<string, BlockRenderer> = new Map<string, BlockRenderer>([
  ['header', (block, view) => element('h3', {}, inlineNodes(plainText(block.text), view))],
  ['section', renderSection],
  ['divider', () => element('hr')],
  ['context', renderContext],
  ['actions', renderActions],
  ['rich_text', (block, view) => element('div', { class: 'text' }, paragraphNodes(readRichText(block), view))],
  [
    'markdown',
    (block, view) => element('div', { class: 'text' }, paragraphNodes(parseMarkdown(textIn(block.text)), view)),
  ],
  ['table', renderTable],
  ['plan', renderPlan],
  ['task_card', renderTaskCard],
  ['image', renderImage],
]);

/** Draws a block; an unknown type becomes a visible warning. */
export function renderBlock(block: JsonObject, view: BlockView): HTMLElement {
  const type = typeOf(block);
  const render = RENDERERS.get(type);
  if (render === undefined) return unknownBox('block', type);
  const drawn = render(block, view);
  drawn.classList.add('block', `block-${type.replaceAll('_', '-')}`);
  return drawn;
}

function renderSection(block: JsonObject, view: BlockView): HTMLElement {
  const fields = objectsIn(block.fields).map((field) => textObject(field, view));
  const words = element(
    'div',
    { class: 'words' },
    block.text === undefined ? undefined : textObject(block.text, view),
    fields.length === 0 ? undefined : element('div', { class: 'fields' }, ...fields),
  );
  return element('div', {}, words, accessory(block, view));
}

function accessory(block: JsonObject, view: BlockView): Child {
  if (block.accessory === undefined) return undefined;
  const one = isObject(block.accessory) ? block.accessory : {};
  if (one.type === 'button') return renderButton(one, textIn(block.block_id), view);
  return one.type === 'image' ? renderImage(one, view) : unknownBox('element', typeOf(one));
}

function renderContext(block: JsonObject, view: BlockView): HTMLElement {
  const parts = objectsIn(block.elements).map((one) =>
    one.type === 'image' ? renderImage(one, view) : textObject(one, view),
  );
  return element('div', {}, ...parts);
}

function renderActions(block: JsonObject, view: BlockView): HTMLElement {
  const blockId = textIn(block.block_id);
  const parts = objectsIn(block.elements).map((one) =>
    one.type === 'button' ? renderButton(one, blockId, view) : unknownBox('element', typeOf(one)),
  );
  return element('div', { role: 'group', 'aria-label': 'Actions' }, ...parts);
}

/** A placeholder: the sandbox fetches no images from the network. */
function renderImage(image: JsonObject, view: BlockView): HTMLElement {
  const title = image.title === undefined ? undefined : element('span', {}, inlineNodes(plainText(image.title), view));
  const alt = textIn(image.alt_text);
  return element(
    'div',
    { class: 'image', role: 'img', 'aria-label': alt },
    lineIcon('picture'),
    title,
    element('span', {}, alt),
  );
}
