import { utc } from './format.ts';

/** How a surface shows people, times, text of others, and what can be typed or clicked: words are written once for all surfaces. */
export interface Markup {
  /** Text that came from elsewhere, made harmless. */
  readonly text: (foreign: string) => string;
  /** An ID, a path or a command. */
  readonly code: (text: string) => string;
  /** The label of a button, or a heading. */
  readonly strong: (label: string) => string;
  readonly person: (person: { readonly id: string; readonly name: string }) => string;
  /** A moment, given as an ISO time. */
  readonly moment: (iso: string) => string;
}

/** For terminals, logs, files and refusals. */
export const PLAIN: Markup = {
  text: (foreign) => foreign,
  code: (text) => text,
  strong: (label) => label,
  person: ({ name }) => name,
  moment: utc,
};
