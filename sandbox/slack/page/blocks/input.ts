import { element } from '../dom/dom.ts';
import { isObject, type JsonObject, objectsIn, textIn, typeOf } from '../state/json.ts';
import { unknownBox } from './view.ts';

/** Receives what was entered: a text, or the labels of the chosen options. */
type Enter = (words: string) => void;

/** Draws an input block of a modal, with what was entered, and the explanation of a rejected submission. */
export function renderInput(block: JsonObject, values: JsonObject, error: string, enter: Enter): HTMLElement {
  const id = `input-${textIn(block.block_id).replaceAll(/[^\w-]/g, '-')}`;
  const field = isObject(block.element) ? block.element : {};
  const value = valueIn(values, textIn(block.block_id), textIn(field.action_id));
  const label = [wordsOf(block.label), block.optional === true ? ' (optional)' : ''].join('');
  const hint = wordsOf(block.hint);
  const isGroup = field.type === 'checkboxes';
  const described = error === '' ? undefined : `${id}-error`;
  return element(
    isGroup ? 'fieldset' : 'div',
    { class: 'input', 'data-block': textIn(block.block_id), 'aria-describedby': isGroup ? described : undefined },
    isGroup ? element('legend', {}, label) : element('label', { for: id }, label),
    control(field, value, { id, 'aria-describedby': described }, enter),
    hint === '' ? undefined : element('small', {}, hint),
    error === '' ? undefined : element('p', { id: `${id}-error`, class: 'complaint', role: 'alert' }, error),
  );
}

type Shared = Readonly<Record<'id', string>> & Readonly<Record<'aria-describedby', string | undefined>>;

function control(field: JsonObject, value: JsonObject, shared: Shared, enter: Enter): HTMLElement {
  switch (field.type) {
    case 'plain_text_input':
      return textField(field, value, shared, enter);
    case 'static_select':
    case 'multi_static_select':
      return menu(field, value, shared, enter);
    case 'checkboxes':
      return boxes(field, value, shared.id, enter);
    default:
      return unknownBox('element', typeOf(field));
  }
}

function textField(field: JsonObject, value: JsonObject, shared: Shared, enter: Enter): HTMLElement {
  const most = typeof field.max_length === 'number' ? String(field.max_length) : undefined;
  const placeholder = wordsOf(field.placeholder) || undefined;
  const made = element('input', { type: 'text', autocomplete: 'off', maxlength: most, placeholder, ...shared });
  made.value = textIn(value.value);
  made.addEventListener('change', () => enter(made.value));
  return made;
}

function menu(field: JsonObject, value: JsonObject, shared: Shared, enter: Enter): HTMLElement {
  const isMany = field.type === 'multi_static_select';
  const options = [
    ...objectsIn(field.options),
    ...objectsIn(field.option_groups).flatMap((one) => objectsIn(one.options)),
  ];
  const chosen = chosenIn(value);
  const empty = isMany ? undefined : element('option', { value: '' }, wordsOf(field.placeholder) || '–');
  const shown = options.map((one) =>
    element('option', { selected: chosen.includes(textIn(one.value)) }, wordsOf(one.text)),
  );
  const made = element('select', { multiple: isMany, ...shared }, empty, ...shown);
  made.addEventListener('change', () =>
    enter([...made.selectedOptions].map((one) => (one.value === '' ? '' : one.text)).join(', ')),
  );
  return made;
}

function boxes(field: JsonObject, value: JsonObject, id: string, enter: Enter): HTMLElement {
  const chosen = chosenIn(value);
  const list = element('div', { class: 'boxes' });
  const rows = objectsIn(field.options).map((one, index) => {
    const checked = chosen.includes(textIn(one.value));
    const box = element('input', { type: 'checkbox', id: `${id}-${index}`, checked, 'data-label': wordsOf(one.text) });
    const note = wordsOf(one.description);
    return element(
      'label',
      {},
      box,
      element('span', {}, wordsOf(one.text), note === '' ? undefined : element('small', {}, note)),
    );
  });
  list.append(...rows);
  list.addEventListener('change', () => {
    const ticked = [...list.querySelectorAll<HTMLInputElement>('input:checked')];
    enter(ticked.map((one) => one.dataset.label ?? '').join(', '));
  });
  return list;
}

const wordsOf = (text: unknown): string => (isObject(text) ? textIn(text.text) : '');

function valueIn(values: JsonObject, block: string, action: string): JsonObject {
  const actions = values[block];
  const value = isObject(actions) ? actions[action] : undefined;
  return isObject(value) ? value : {};
}

/** The values of the chosen options. */
function chosenIn({ selected_option, selected_options }: JsonObject): readonly string[] {
  const one = isObject(selected_option) ? [selected_option] : [];
  return [...one, ...objectsIn(selected_options)].map((option) => textIn(option.value));
}
