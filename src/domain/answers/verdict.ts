/** What a check of `registry-ha doctor` says. Unknown is an answer of its own: it is neither good nor wrong, and has its reason. */
export type Verdict =
  | { readonly is: 'good'; readonly says: string }
  | { readonly is: 'wrong'; readonly says: string; readonly fix: string }
  | { readonly is: 'unknown'; readonly says: string; readonly fix?: string };

/** The verdict of one check. */
export type Finding = Verdict & {
  /** A part of the installation, such as `redis`. */
  readonly room: string;
  readonly name: string;
};

export const good = (says: string): Verdict => ({ is: 'good', says });
export const wrong = (says: string, fix: string): Verdict => ({ is: 'wrong', says, fix });
export const unknown = (says: string, fix?: string): Verdict =>
  fix === undefined ? { is: 'unknown', says } : { is: 'unknown', says, fix };

/** The verdict of several: what is wrong outweighs what is unknown. */
export function together(verdicts: readonly Pick<Verdict, 'is'>[]): Verdict['is'] {
  const has = (is: Verdict['is']) => verdicts.some((one) => one.is === is);
  if (has('wrong')) return 'wrong';
  return has('unknown') ? 'unknown' : 'good';
}
