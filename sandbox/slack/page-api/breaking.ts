import { z } from 'zod';

/** One thing that a person can do to the world behind the page: a statement of a scenario. */
export interface Deed {
  readonly label: string;
  readonly statement: string;
}

/** The world behind the local Slack, for people who want to see what happens when it breaks. */
export interface Breaking {
  /** What the page offers, in groups. */
  offers(): readonly { readonly title: string; readonly deeds: readonly Deed[] }[];
  /** What is broken now, each with the statement that ends it. */
  broken(): readonly Deed[];
  /** Plays one statement. Throws a sentence if it is wrong or cannot be played now. */
  play(statement: string): Promise<void>;
}

const Played = z.strictObject({ statement: z.string() });

/** What the page shows of it. */
export const breakingState = (breaking: Breaking): Readonly<Record<string, unknown>> => ({
  offers: breaking.offers(),
  broken: breaking.broken(),
});

/** A statement that the page sends. */
export const playBreaking = (fields: unknown, breaking: Breaking): Promise<void> =>
  breaking.play(Played.parse(fields).statement);
