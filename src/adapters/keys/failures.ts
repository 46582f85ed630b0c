import { Failure } from '../../domain/answers/failure.ts';
import type { FailureReport } from '../../domain/answers/failure-report.ts';

/** A key file, or a key in it, cannot be used. */
export class KeyUnusable extends Failure {
  override readonly name = 'KeyUnusable';
  readonly where: string;
  readonly what: string;
  readonly next: string;

  constructor(where: string, what: string, next: string, options?: ErrorOptions) {
    super(`${where}: ${what}`, options);
    this.where = where;
    this.what = what;
    this.next = next;
  }

  override report(): FailureReport {
    return { kind: 'key-unusable', where: this.where, what: this.what, next: this.next };
  }
}
