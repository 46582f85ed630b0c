import type { State } from './state.ts';

/** The place a message is shown in. */
export type Place = 'channel' | 'thread';

/** What the page shows besides the server's state: who looks, what is open, what is under way. */
export interface Model {
  state: State;
  personId: string;
  threadTs: string | undefined;
  readonly underWay: Set<string>;
  readonly complaints: Map<string, string>;
}

/** A click in flight. */
export interface Click {
  readonly ts: string;
  readonly blockId: string;
  readonly actionId: string;
}

/** The name of a click among those under way. */
export function clickKey({ ts, blockId, actionId }: Click): string {
  return JSON.stringify([ts, blockId, actionId]);
}

/** The displayed name behind a user id. */
export function nameOf(state: State, userId: string): string | undefined {
  if (userId === state.bot.id) return state.bot.name;
  return state.people.find((person) => person.id === userId)?.name;
}
