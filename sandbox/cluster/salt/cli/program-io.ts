/** The output of a salt-master program, and the signal that its session is closed. */
export interface ProgramIo {
  stdout(text: string): void;
  stderr(text: string): void;
  readonly signal: AbortSignal;
}
