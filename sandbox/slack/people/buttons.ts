import { elementsOf } from '../blocks/block-parts.ts';
import { type Fields, isFields, objectsIn, textOf } from '../json.ts';
import type { Person, SlackMessage } from '../local-slack-types.ts';

/** A button on a message, ready to be pressed. */
export interface Button {
  readonly message: SlackMessage;
  readonly blockId: string;
  readonly actionId: string;
  readonly label: string;
  readonly element: Fields;
}

/** The buttons a person sees, newest message first, and top to bottom within one. */
export function buttonsFor(person: Person, messages: readonly SlackMessage[]): readonly Button[] {
  return messages
    .filter(({ ephemeralFor }) => ephemeralFor === undefined || ephemeralFor === person.id)
    .toReversed()
    .flatMap((message) => objectsIn(message.blocks).flatMap((block) => buttonsIn(block, message)));
}

/** The newest button with this label, whatever its case; otherwise an error that lists what there is. */
export function buttonLabelled(label: string, buttons: readonly Button[]): Button {
  const wanted = label.trim().toLowerCase();
  const found = buttons.find((button) => button.label.toLowerCase() === wanted);
  if (found !== undefined) return found;
  const there = [...new Set(buttons.map((button) => button.label))].join(', ');
  throw new Error(
    `There is no button "${label}"; ${there === '' ? 'there are no buttons at all' : `there are: ${there}`}.`,
  );
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
