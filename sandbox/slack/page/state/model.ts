import type { State } from './state.ts';

/** Where a message is shown. */
export type Place = 'channel' | 'thread';

/** What the page knows beside the server's state: the person, the open thread, and requests in progress. */
export interface Model {
  state: State;
  personId: string;
  threadTs: string | undefined;
  readonly underWay: Set<string>;
  readonly complaints: Map<string, string>;
}

/** A click in progress. */
export interface Click {
  readonly ts: string;
  readonly blockId: string;
  readonly actionId: string;
}

/** The key of a click among those in progress. */
export function clickKey({ ts, blockId, actionId }: Click): string {
  return JSON.stringify([ts, blockId, actionId]);
}

/** The display name of a user ID. */
export function nameOf(state: State, userId: string): string | undefined {
  if (userId === state.bot.id) return state.bot.name;
  return state.people.find((person) => person.id === userId)?.name;
}
