import type { Act } from './statement.ts';

/** What became of a line: an act, or a sentence on what is wrong with it. */
export type Parsed = { readonly is: 'parsed'; readonly act: Act } | { readonly is: 'mistake'; readonly says: string };

export const parsed = (act: Act): Parsed => ({ is: 'parsed', act });
export const mistake = (says: string): Parsed => ({ is: 'mistake', says });
