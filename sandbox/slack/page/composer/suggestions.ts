import { element } from '../dom/dom.ts';
import type { SlashCommand } from '../state/state.ts';

/** Draws the list of commands above the message box. */
export function renderSuggestions(commands: readonly SlashCommand[], chosen: number): readonly HTMLElement[] {
  return commands.map(({ command, description, usageHint }, index) =>
    element(
      'div',
      {
        id: `suggestion-${index}`,
        role: 'option',
        'aria-selected': String(index === chosen),
        'data-command': command,
      },
      element('div', { class: 'usage' }, element('strong', {}, command), ' ', element('code', {}, usageHint)),
      element('div', { class: 'about' }, description),
    ),
  );
}
