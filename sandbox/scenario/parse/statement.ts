import type { ServiceName } from '../../processes/services.ts';

/** What a scenario can wait for; `running` names a step. */
export const WAITED = ['planned', 'refused', 'denied', 'approved', 'running', 'done', 'failed', 'cancelled'] as const;

/** A state that a change can be in. */
export type Waited = Exclude<(typeof WAITED)[number], 'running'>;

/**
 * Where an ordinary message is written: in the channel, in the thread of the newest card, or as a direct message. `shortcut`: the words
 * are the name of a shortcut in the menu of the newest card.
 */
export const WHERE = ['say', 'reply', 'dm', 'shortcut'] as const;

export type Where = (typeof WHERE)[number];

/** One line of a scenario; `line` counts from one, `text` is the line as it was written. */
export type Statement = { readonly line: number; readonly text: string } & Act;

/** The action or expectation of a line. */
export type Act =
  | { readonly is: 'say'; readonly person: string; readonly command: string }
  | { readonly is: 'click'; readonly person: string; readonly label: string }
  | { readonly is: 'write'; readonly person: string; readonly where: Where; readonly words: string }
  | { readonly is: 'fill'; readonly person: string; readonly label: string; readonly words: string }
  | { readonly is: 'submit'; readonly person: string }
  | { readonly is: 'terminal'; readonly person: string; readonly command: string }
  | { readonly is: 'expect-terminal'; readonly person: string; readonly wanted: string }
  | { readonly is: 'open-home'; readonly person: string }
  | { readonly is: 'expect-home'; readonly person: string; readonly wanted: string }
  | { readonly is: 'wait'; readonly state: Waited; readonly seconds: number }
  | { readonly is: 'wait-running'; readonly step: string; readonly seconds: number }
  | { readonly is: 'expect-text'; readonly wanted: string }
  | { readonly is: 'expect-no-text'; readonly unwanted: string }
  | { readonly is: 'expect-ephemeral'; readonly person: string; readonly wanted: string }
  | { readonly is: 'expect-modal'; readonly person: string; readonly wanted: string }
  | { readonly is: 'expect-called'; readonly person: string; readonly words: string; readonly isCalled: boolean }
  | { readonly is: 'fault'; readonly name: string; readonly args: readonly string[] }
  | { readonly is: 'clear-fault'; readonly name: string }
  | { readonly is: 'operate'; readonly name: string; readonly args: readonly string[] }
  | { readonly is: 'kill'; readonly service: ServiceName }
  | { readonly is: 'start'; readonly service: ServiceName }
  | { readonly is: 'sleep'; readonly seconds: number };
