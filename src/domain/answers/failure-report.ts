/** What broke: where, what, what now; `kind` is for programs, the sentences for people. */
export interface FailureReport {
  readonly kind: string;
  readonly where: string;
  readonly what: string;
  readonly next: string;
  /** More lines for who wants to know (a Salt comment, the end of stderr), at most 2,000 characters. */
  readonly detail?: string;
}

/** The end of a text, as much as `detail` may have. */
export const lastOf = (text: string): string => text.trim().slice(-2000).toWellFormed();
