import { element } from '../dom/dom.ts';

/** What drawing a block needs to know besides the block. */
export interface BlockView {
  readonly channelName: string;
  nameOf(userId: string): string | undefined;
  isUnderWay(blockId: string, actionId: string): boolean;
}

/** The loud sign of something this page cannot show: a bot that sends it must not look right here by accident. */
export function unknownBox(what: 'block' | 'element', type: string): HTMLElement {
  return element(
    'div',
    { class: 'unknown', role: 'alert', 'data-unknown': type },
    element('strong', {}, `Unknown ${what} type`),
    ' ',
    element('code', {}, type === '' ? '(none)' : type),
    element('span', {}, 'The sandbox cannot show it, so nobody knows how Slack would.'),
  );
}
