/** A failure for people: where, what, and what to do next. Programs read `kind` only. */
export interface FailureReport {
  readonly kind: string;
  readonly where: string;
  readonly what: string;
  readonly next: string;
  /** Original output, such as a Salt comment or the end of stderr; at most 2,000 characters. */
  readonly detail?: string;
}

/** The end of a text, cut to the limit of `detail`. */
export const lastOf = (text: string): string => text.trim().slice(-2000).toWellFormed();
