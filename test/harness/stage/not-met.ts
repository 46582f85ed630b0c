/** What a trial expects did not happen. */
export class NotMet extends Error {
  override readonly name = 'NotMet';
}
