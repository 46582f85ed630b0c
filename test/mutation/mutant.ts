/** One place in which the product is broken, and the tests that must notice. */
export interface Mutant {
  /** What the product would then do wrongly. */
  readonly name: string;
  readonly file: string;
  /** Text that is in the file exactly once; best the condition alone, on one line, so that it outlives a move. */
  readonly find: string;
  readonly replace: string;
  /** Test files; one of their tests must fail. */
  readonly tests: readonly string[];
  /** Why no test can notice. It is checked, too: such a mutant that is killed has lost its reason. */
  readonly survives?: string;
}

/** The file's text with the mutant in it, or why there is no such text. */
export type Mutated =
  | { readonly is: 'mutated'; readonly text: string }
  | { readonly is: 'stale'; readonly why: string };

/** Puts the mutant into the text of its file. */
export function mutate(text: string, { file, find, replace }: Pick<Mutant, 'file' | 'find' | 'replace'>): Mutated {
  const parts = text.split(find);
  if (parts.length === 2) return { is: 'mutated', text: parts.join(replace) };
  const times = `${parts.length - 1} times`;
  return { is: 'stale', why: `The list is stale: \`${find}\` is ${times} in ${file}, and has to be there once` };
}
