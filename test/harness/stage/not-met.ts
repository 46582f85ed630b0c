/** An expectation of a trial was not met. */
export class NotMet extends Error {
  override readonly name = 'NotMet';
}
