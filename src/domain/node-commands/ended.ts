import { secondsInWords } from '../text/format.ts';

/** How a command ended. After `connection-lost` and `unknown` it may have finished, or may still run. */
export type Ended =
  | { readonly is: 'exit'; readonly code: number }
  /** `SIGKILL`. */
  | { readonly is: 'signal'; readonly name: string }
  | { readonly is: 'timeout'; readonly afterMs: number }
  /** Its output exceeded this limit. */
  | { readonly is: 'too-much-output'; readonly bytes: number }
  | { readonly is: 'connection-lost' }
  /** The other side closed the session or failed without a result. */
  | { readonly is: 'unknown'; readonly says: string };

export const exit = (code: number): Ended => ({ is: 'exit', code });

export const hasExited = ({ ended }: { readonly ended: Ended }, code = 0): boolean =>
  ended.is === 'exit' && ended.code === code;

export const isOutOfSight = ({ is }: Ended): boolean => is === 'connection-lost' || is === 'unknown';

/** The end as the predicate of a sentence: `did not end within 30 s`. */
export function endInWords(ended: Ended): string {
  switch (ended.is) {
    case 'exit':
      return `ended with exit code ${ended.code}${asAfterSignal(ended.code)}`;
    case 'signal':
      return `was killed by ${ended.name}`;
    case 'timeout':
      return `did not end within ${secondsInWords(ended.afterMs / 1000)}`;
    case 'too-much-output':
      return `printed more than ${ended.bytes.toLocaleString('en')} bytes, which is the limit`;
    case 'connection-lost':
      return 'was interrupted: the connection was lost';
    case 'unknown':
      return `ended without a result (${ended.says.replace(/\.$/, '')})`;
  }
}

/** Signals that end processes, by Linux number: signal(7). */
const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  15: 'SIGTERM',
};

/** A shell exits with 128 plus the number of the signal that killed its command. */
function asAfterSignal(code: number): string {
  const name = SIGNALS[code - 128];
  return name === undefined ? '' : `, as after ${name}`;
}
