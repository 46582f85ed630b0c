import { element } from '../dom/dom.ts';

/** Context for drawing a block. */
export interface BlockView {
  readonly channelName: string;
  nameOf(userId: string): string | undefined;
  isUnderWay(blockId: string, actionId: string): boolean;
}

/** A visible warning for something that the page cannot show, so that a bot's mistake does not go unnoticed. */
export function unknownBox(what: 'block' | 'element', type: string): HTMLElement {
  return element(
    'div',
    { class: 'unknown', role: 'alert', 'data-unknown': type },
    element('strong', {}, `Unknown ${what} type`),
    ' ',
    element('code', {}, type === '' ? '(none)' : type),
    element('span', {}, 'The sandbox cannot show it. Slack may show it differently or reject it.'),
  );
}
