import { clean, printable, printableJson } from '../domain/text/printable.ts';
import { withoutSecrets } from '../domain/text/secrets.ts';
import { type AnsweredHere, asJson, exitCodeOf, inWords, type Outcome } from './outcome.ts';

/** A place to write to: standard output or error. */
export interface Stream {
  readonly isTty: boolean;
  /** Characters of a line; only of a terminal. */
  readonly columns: number;
  readonly write: (text: string) => void;
}

/** Elsewhere than on a terminal, a wait is a line now and then. */
const LINE_EVERY_MS = 15_000;
/** More often than a person reads; a proof reports thousands of blobs a second. */
const REDRAW_EVERY_MS = 100;
const CLEAR_LINE = '\r\u001b[K';

/** Shows what a command waits for. */
export type Waiting = (says: string, share?: number, json?: object) => void;

const BAR = 20;

function bar(share: number): string {
  const done = Math.floor(BAR * Math.min(1, Math.max(0, share)));
  return `[${'#'.repeat(done)}${'.'.repeat(BAR - done)}]`;
}

/** Where a command shows what it waits for, and its outcome. */
export class Screen {
  readonly #out: Stream;
  readonly #err: Stream;
  readonly #isJson: boolean;
  readonly #steadyMs: () => number;
  #said: number | undefined;

  constructor(out: Stream, err: Stream, isJson: boolean, steadyMs: () => number) {
    this.#out = out;
    this.#err = err;
    this.#isJson = isJson;
    this.#steadyMs = steadyMs;
  }

  /** A line that is redrawn on a terminal, with a bar if `share` (0 to 1) is known; elsewhere a line at most every 15 s; as JSON only if it is given. */
  readonly wait: Waiting = (says, share, json) => {
    const at = this.#steadyMs();
    const pause = this.#err.isTty ? REDRAW_EVERY_MS : LINE_EVERY_MS;
    if (this.#isJson && json === undefined) return;
    if (this.#said !== undefined && at - this.#said < pause) return;
    this.#said = at;
    if (this.#isJson) return this.#line(json ?? {});
    const text = printable(this.#err.isTty && share !== undefined ? `${bar(share)} ${says}` : says);
    this.#err.write(this.#err.isTty ? `${CLEAR_LINE}${text.slice(0, this.#err.columns - 1)}` : `${text}\n`);
  };

  /** News of a command that is not at its end: a line of JSON on standard output, or words on standard error. */
  readonly tell = (json: object, words: string): void => {
    this.#clear();
    if (this.#isJson) this.#line(json);
    else this.#err.write(forTerminal(words));
    // What is waited for next is another thing.
    this.#said = undefined;
  };

  /** A question, to be answered on the same line. */
  readonly ask = (question: string): void => {
    this.#clear();
    this.#err.write(printable(question));
  };

  #line(json: object): void {
    const line = JSON.stringify({ v: 1, ...json });
    // A plan stays as it is, because its digest covers every letter.
    this.#out.write(`${printableJson('digest' in json ? line : withoutSecrets(line))}\n`);
  }

  /** A warning beside the answer. */
  readonly warn = (says: string): void => {
    this.#clear();
    this.#err.write(`Warning: ${printable(withoutSecrets(says))}\n`);
  };

  /** Shows how the command ended, and returns its exit code. An answer goes to standard output, as JSON does; anything else to standard error. */
  end(outcome: Outcome): number {
    this.#clear();
    if (this.#isJson) this.#out.write(`${printableJson(jsonLine(outcome))}\n`);
    else if (outcome.is === 'answered') this.#answer(outcome);
    else this.#err.write(forTerminal(inWords(outcome)));
    return exitCodeOf(outcome);
  }

  #answer({ text, file, note }: AnsweredHere): void {
    this.#out.write(file === undefined || this.#out.isTty ? forTerminal(text) : file);
    if (note !== undefined) this.#err.write(forTerminal(note));
  }

  #clear(): void {
    if (this.#err.isTty && !this.#isJson) this.#err.write(CLEAR_LINE);
  }
}

/** A plan stays as it is, because its digest covers every letter. */
function jsonLine(outcome: Outcome): string {
  const line = JSON.stringify(asJson(outcome));
  return outcome.is === 'answered' && outcome.file !== undefined ? line : withoutSecrets(line);
}

const forTerminal = (text: string): string => `${clean(withoutSecrets(text))}\n`;
