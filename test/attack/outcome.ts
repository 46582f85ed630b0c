/** The attack had a forbidden effect, or there is no evidence that it had none. */
export class GotThrough extends Error {
  override readonly name = 'GotThrough';
}

/** The attack was not carried out, so it proves nothing. */
export class NotMade extends Error {
  override readonly name = 'NotMade';
}

/** Throws GotThrough unless the condition is true. */
export function must(isSo: boolean, otherwise: string): void {
  if (!isSo) throw new GotThrough(otherwise);
}

/** Throws NotMade unless the attack reached its target. */
export function reached(isSo: boolean, otherwise: string): void {
  if (!isSo) throw new NotMade(otherwise);
}
