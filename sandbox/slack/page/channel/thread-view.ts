import { element, fragment, required } from '../dom/dom.ts';
import { patch } from '../dom/patch.ts';
import { type Model, nameOf } from '../state/model.ts';
import type { Message, State } from '../state/state.ts';
import { replyCount } from '../state/visible.ts';
import { parseMrkdwn } from '../text/mrkdwn.ts';
import { timeOfDay } from '../text/slack-date.ts';
import type { Inline } from '../text/text-tree.ts';
import { avatar } from './message-view.ts';

/** Shows or hides the thread pane and draws the parent message at its top. */
export function showThreadHead({ state, threadTs }: Model): void {
  required('thread', HTMLElement).hidden = threadTs === undefined;
  const parent = state.messages.find((one) => one.ts === threadTs);
  const head = required('thread-parent', HTMLElement);
  const fresh = element('div', { id: 'thread-parent', class: 'thread-parent' }, fragment(parentNodes(parent, state)));
  patch(head, fresh);
}

/** Shows only a short form of the parent: its buttons and plan are in the channel. */
function parentNodes(parent: Message | undefined, state: State): readonly HTMLElement[] {
  if (parent === undefined) return [];
  const count = replyCount(state, parent.ts)?.count ?? 0;
  return [
    element(
      'div',
      { class: 'thread-subject' },
      avatar(parent.author),
      element(
        'div',
        {},
        element(
          'div',
          { class: 'by' },
          element('span', { class: 'author' }, parent.author.name),
          element('time', {}, timeOfDay(parent.ts)),
        ),
        element('p', {}, wordsOf(parent.text, state)),
      ),
    ),
    element('div', { class: 'day' }, element('span', {}, count === 1 ? '1 reply' : `${count} replies`)),
  ];
}

function wordsOf(text: string, state: State): string {
  const first = parseMrkdwn(text)[0];
  if (first?.is !== 'paragraph') return text;
  return (
    first.of
      .map((part) => wordOf(part, state))
      .join('')
      .trim() || text
  );
}

function wordOf(part: Inline, state: State): string {
  if (part.is === 'person') return `@${nameOf(state, part.id) ?? part.label ?? part.id}`;
  if (part.is === 'styled' || part.is === 'link') return part.of.map((inner) => wordOf(inner, state)).join('');
  return 'text' in part ? part.text : '';
}
