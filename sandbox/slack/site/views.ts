import { isDeepStrictEqual } from 'node:util';
import { type Fields, isFields, objectsIn, textOf } from '../json.ts';

/** What a person entered, by block and action. */
export type Entered = Readonly<Record<string, Readonly<Record<string, Fields>>>>;

/** A modal, as its person sees it now. */
export interface OpenView {
  readonly id: string;
  readonly person: string;
  readonly hash: string;
  readonly view: Fields;
  /** `state.values` of a payload. */
  readonly values: Entered;
  /** Explanations by block, after a rejected submission. */
  readonly errors: Readonly<Record<string, string>>;
  readonly isOpen: boolean;
}

/** Every modal that was opened. */
export class Views {
  readonly #now: () => number;
  readonly #views = new Map<string, OpenView>();
  /** Every state that was shown. */
  readonly #shown: OpenView[] = [];
  #hashes = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  open(id: string, person: string, view: Fields): OpenView {
    return this.#keep({ id, person, hash: this.#hash(), view, values: initialValues(view), errors: {}, isOpen: true });
  }

  /** Slack keeps what was entered in an input whose block_id and action_id stay ("Modals", "Updating views"). */
  update(before: OpenView, view: Fields): OpenView {
    const fresh = initialValues(view);
    const values = Object.entries(fresh).map(([block, actions]) => {
      const kept = Object.entries(actions).map(([action, value]) => [action, before.values[block]?.[action] ?? value]);
      return [block, Object.fromEntries(kept)];
    });
    return this.#keep({ ...before, view, hash: this.#hash(), values: Object.fromEntries(values), errors: {} });
  }

  /** Enters a value; the person sees what was entered, and any explanation stays until the next submission. */
  enter(before: OpenView, block: string, action: string, value: Fields): OpenView {
    return this.#keep({
      ...before,
      values: { ...before.values, [block]: { ...before.values[block], [action]: value } },
    });
  }

  explain(before: OpenView, errors: OpenView['errors']): OpenView {
    return this.#keep({ ...before, errors });
  }

  close(before: OpenView): void {
    this.#keep({ ...before, isOpen: false });
  }

  find(id: string): OpenView | undefined {
    return this.#views.get(id);
  }

  /** The newest open modal of a person. */
  newestOf(person: string): OpenView | undefined {
    return [...this.#views.values()].findLast((one) => one.person === person && one.isOpen);
  }

  /** The modals as they are now, oldest first. */
  all(): readonly OpenView[] {
    return [...this.#views.values()];
  }

  /** Every state of every modal. */
  shown(): readonly OpenView[] {
    return this.#shown;
  }

  #keep(view: OpenView): OpenView {
    this.#views.set(view.id, view);
    this.#shown.push(view);
    return view;
  }

  #hash(): string {
    this.#hashes += 1;
    return `${Math.floor(this.#now() / 1000)}.${String(this.#hashes).padStart(8, '0')}`;
  }
}

/** The input blocks of a view, each with its element. */
export function inputsOf(view: Fields): readonly { readonly block: Fields; readonly element: Fields }[] {
  return objectsIn(view.blocks).flatMap((block) =>
    block.type === 'input' && isFields(block.element) ? [{ block, element: block.element }] : [],
  );
}

/** Inputs before anybody has entered anything. Slack lists each of them in `state.values`. */
function initialValues(view: Fields): Entered {
  const each = inputsOf(view).map(({ block, element }) => {
    const { type, initial_value = null, initial_option = null, initial_options = [] } = element;
    const value = isText(element)
      ? { type, value: initial_value }
      : isMany(element)
        ? { type, selected_options: initial_options }
        : { type, selected_option: initial_option };
    return [textOf(block.block_id) ?? '', { [textOf(element.action_id) ?? '']: value }];
  });
  return Object.fromEntries(each);
}

const isText = ({ type }: Fields): boolean => type === 'plain_text_input';
const isMany = ({ type }: Fields): boolean => type === 'checkboxes' || type === 'multi_static_select';

/** The options of an element, in their groups or not. */
export const optionsOf = (element: Fields): readonly Fields[] => [
  ...objectsIn(element.options),
  ...objectsIn(element.option_groups).flatMap((group) => objectsIn(group.options)),
];

/** The value of an element with this text, or with the options of these labels; throws where Slack's client would not take it. */
export function enteredValue(element: Fields, words: string): Fields {
  const { type } = element;
  if (isText(element)) return { type, value: textWithin(element, words) };
  const labels = isMany(element) ? words.split(',').map((one) => one.trim()) : [words.trim()];
  const chosen = labels.filter((one) => one !== '').map((label) => optionLabelled(label, optionsOf(element)));
  if (!isMany(element)) return { type, selected_option: chosen[0] ?? null };
  const most = Number(element.max_selected_items ?? Number.POSITIVE_INFINITY);
  if (chosen.length > most) throw new Error(`This menu takes at most ${most} items.`);
  // Slack sends them in the order of the list.
  return {
    type,
    selected_options: optionsOf(element).filter((one) => chosen.some((it) => isDeepStrictEqual(it, one))),
  };
}

function textWithin(element: Fields, text: string): string | null {
  const most = Number(element.max_length ?? 3000);
  if (text.length > most) throw new Error(`This field takes at most ${most} characters.`);
  return text === '' ? null : text;
}

function optionLabelled(label: string, options: readonly Fields[]): Fields {
  const labelOf = ({ text }: Fields) => (isFields(text) ? (textOf(text.text) ?? '') : '');
  const found = options.find((one) => labelOf(one).toLowerCase() === label.toLowerCase());
  if (found !== undefined) return found;
  throw new Error(`There is no option "${label}". Options: ${options.map(labelOf).join(', ')}.`);
}

/** Whether something was entered. */
export const isEntered = (value: Fields | undefined): boolean =>
  value !== undefined &&
  [value.value, value.selected_option, ...objectsIn(value.selected_options)].some((one) => (one ?? null) !== null);
