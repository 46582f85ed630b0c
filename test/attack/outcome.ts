/** The attack had an effect that it must not have, or nothing shows that it had none. */
export class GotThrough extends Error {
  override readonly name = 'GotThrough';
}

/** The attack could not be made, which proves nothing. */
export class NotMade extends Error {
  override readonly name = 'NotMade';
}

/** Throws GotThrough unless it is so. */
export function must(isSo: boolean, otherwise: string): void {
  if (!isSo) throw new GotThrough(otherwise);
}

/** Throws NotMade unless the attack has reached its place. */
export function reached(isSo: boolean, otherwise: string): void {
  if (!isSo) throw new NotMade(otherwise);
}
