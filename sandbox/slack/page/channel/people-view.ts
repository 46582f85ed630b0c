import { element, fragment, required } from '../dom/dom.ts';
import { patch } from '../dom/patch.ts';
import type { Person, State } from '../state/state.ts';
import { avatar } from './message-view.ts';

/** Draws the sidebar: the channel, the people to act as, and the app. */
export function showSidebar(state: State, personId: string): void {
  required('channel-name', HTMLElement).textContent = state.channel.name;
  required('channel-title', HTMLElement).textContent = state.channel.name;
  document.title = `#${state.channel.name} · MetalK8s ops (sandbox)`;
  redraw(
    required('people', HTMLElement),
    state.people.map((person) => personButton(person, personId)),
  );
  redraw(required('apps', HTMLElement), [
    element(
      'button',
      { id: 'app-home', type: 'button', class: 'app', 'data-key': 'app', 'aria-label': `Open ${state.bot.name}` },
      avatar({ ...state.bot, isBot: true }),
      element('span', {}, state.bot.name),
    ),
  ]);
  const person = state.people.find(({ id }) => id === personId);
  required('speaking-as', HTMLElement).textContent = person === undefined ? '' : `as ${person.name}`;
}

function redraw(container: HTMLElement, children: readonly HTMLElement[]): void {
  const fresh = element('div', {}, fragment(children));
  for (const name of container.getAttributeNames()) fresh.setAttribute(name, container.getAttribute(name) ?? '');
  patch(container, fresh);
}

function personButton({ id, name, title }: Person, personId: string): HTMLElement {
  return element(
    'button',
    {
      id: `person-${name}`,
      type: 'button',
      class: 'person',
      'data-person': id,
      'data-key': id,
      'aria-label': `Act as ${name}`,
      'aria-description': title,
      'aria-pressed': String(id === personId),
    },
    avatar({ id, name, isBot: false }),
    element('span', { class: 'who' }, element('strong', {}, name), element('small', {}, title)),
    element('span', { class: 'you', 'aria-hidden': 'true' }, 'you'),
  );
}
