import { utc } from './format.ts';

/** How a surface formats people, times, foreign text, commands and labels, so that sentences are written once. */
export interface Markup {
  /** Characters that an answer may have. */
  readonly room: number;
  /** Foreign text, escaped. */
  readonly text: (foreign: string) => string;
  /** An ID, a path or a command. */
  readonly code: (text: string) => string;
  /** The label of a button, or a heading. */
  readonly strong: (label: string) => string;
  readonly person: (person: { readonly id: string; readonly name: string }) => string;
  /** A channel, by its ID. */
  readonly channel: (id: string) => string;
  /** An ISO time. */
  readonly moment: (iso: string) => string;
  /** A change's ID, as a link to its card where there is one and the surface can link. */
  readonly card: (id: string, place: { readonly channel: string; readonly ts: string } | null) => string;
}

/** For terminals, logs, files and refusals. */
export const PLAIN: Markup = {
  text: (foreign) => foreign,
  code: (text) => text,
  strong: (label) => label,
  person: ({ name }) => name,
  channel: (id) => id,
  moment: utc,
  card: (id) => id,
  room: Number.POSITIVE_INFINITY,
};
