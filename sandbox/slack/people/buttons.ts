import { elementsOf } from '../blocks/block-parts.ts';
import { type Fields, isFields, objectsIn, textOf } from '../json.ts';
import type { Person, SlackMessage } from '../local-slack-types.ts';

/** A button on a message. */
export interface Button {
  readonly message: SlackMessage;
  readonly blockId: string;
  readonly actionId: string;
  readonly label: string;
  readonly element: Fields;
}

/** The buttons that a person sees: newest message first, then top to bottom. */
export function buttonsFor(person: Person, messages: readonly SlackMessage[]): readonly Button[] {
  return messages
    .filter(({ ephemeralFor }) => ephemeralFor === undefined || ephemeralFor === person.id)
    .toReversed()
    .flatMap((message) => objectsIn(message.blocks).flatMap((block) => buttonsIn(block, message)));
}

/** The newest button with this label, ignoring case; throws an error that lists the buttons. */
export function buttonLabelled(label: string, buttons: readonly Button[]): Button {
  const wanted = label.trim().toLowerCase();
  const found = buttons.find((button) => button.label.toLowerCase() === wanted);
  if (found !== undefined) return found;
  const there = [...new Set(buttons.map((button) => button.label))].join(', ');
  throw new Error(`There is no button "${label}". ${there === '' ? 'There are no buttons' : `Buttons: ${there}`}.`);
}

function buttonsIn(block: Fields, message: SlackMessage): readonly Button[] {
  return elementsOf(block)
    .filter((element) => element.type === 'button')
    .map((element) => ({
      message,
      blockId: textOf(block.block_id) ?? '',
      actionId: textOf(element.action_id) ?? '',
      label: isFields(element.text) ? (textOf(element.text.text) ?? '') : '',
      element,
    }));
}
