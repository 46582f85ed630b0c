/** Where a program of the salt-master container prints, and what tells it that its session is gone. */
export interface ProgramIo {
  stdout(text: string): void;
  stderr(text: string): void;
  readonly signal: AbortSignal;
}
