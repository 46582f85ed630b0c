/** A statement cannot be met; the message says what was found instead. */
export class Impossible extends Error {
  override readonly name = 'Impossible';
}
