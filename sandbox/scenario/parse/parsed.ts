import type { Act } from './statement.ts';

/** The result for one line: an act, or an explanation of the mistake. */
export type Parsed = { readonly is: 'parsed'; readonly act: Act } | { readonly is: 'mistake'; readonly says: string };

export const parsed = (act: Act): Parsed => ({ is: 'parsed', act });
export const mistake = (says: string): Parsed => ({ is: 'mistake', says });
