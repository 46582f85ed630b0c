import { element, fragment } from '../dom/dom.ts';
import { type JsonObject, objectsIn, textIn, typeOf } from '../state/json.ts';
import { readRichText } from '../text/rich-text.ts';
import { paragraphNodes } from './text-view.ts';
import { type BlockView, unknownBox } from './view.ts';

/** Draws a `table` block; its first row is the heading, as in Slack. */
export function renderTable(block: JsonObject, view: BlockView): HTMLElement {
  const settings = objectsIn(block.column_settings);
  const rows = Array.isArray(block.rows) ? block.rows.map(objectsIn) : [];
  const [heading = [], ...body] = rows.map((cells, index) =>
    cells.map((cell, column) => renderCell(cell, index === 0 ? 'th' : 'td', settings[column], view)),
  );
  const table = element(
    'table',
    {},
    element('thead', {}, element('tr', {}, ...heading)),
    element('tbody', {}, fragment(body.map((cells) => element('tr', {}, ...cells)))),
  );
  return element('div', { class: 'table', tabindex: '0', role: 'region', 'aria-label': 'Table' }, table);
}

function renderCell(cell: JsonObject, tag: 'th' | 'td', setting: JsonObject | undefined, view: BlockView): HTMLElement {
  const align = setting?.align === 'right' || setting?.align === 'center' ? setting.align : 'left';
  const wrap = setting?.is_wrapped === true ? 'wrapped' : 'single';
  const attributes = { class: `${align} ${wrap}`, scope: tag === 'th' ? 'col' : undefined };
  return element(tag, attributes, cellContent(cell, view));
}

function cellContent(cell: JsonObject, view: BlockView): Node {
  switch (cell.type) {
    case 'raw_text':
    case 'raw_number':
      return document.createTextNode(textIn(cell.text));
    case 'rich_text':
      return paragraphNodes(readRichText(cell), view);
    default:
      return unknownBox('element', typeOf(cell));
  }
}
