/** A statement is not met; the message says what was there instead. */
export class Impossible extends Error {
  override readonly name = 'Impossible';
}
