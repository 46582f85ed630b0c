import { Failure } from '../../domain/answers/failure.ts';
import { type Finding, unknown, type Verdict, wrong } from '../../domain/answers/verdict.ts';
import type { Clock } from '../../ports/clock.ts';
import { limited } from '../here/limited.ts';
import { untilAborted } from '../watch/inspect-all.ts';

/** One thing to check, with the limit of its look. */
export interface Check {
  readonly name: string;
  readonly limitMs: number;
  /** Whether a failure of the look is what is wrong, or only keeps this check from an answer. */
  readonly failing: 'wrong' | 'unknown';
  /** Instead of the failure's own way out, which is for changes. */
  readonly fix?: string;
  judged(signal: AbortSignal): Promise<Verdict>;
}

/** A room: checks of one part. Its list may itself need a look, such as at the nodes. */
export interface Room {
  readonly name: string;
  checks(signal: AbortSignal): Promise<readonly Check[]>;
}

const LIMIT_MS = 30_000;

/** A check: what it looks at, and what it says about that. */
export function check<T>(
  name: string,
  look: (signal: AbortSignal) => T | Promise<T>,
  verdict: (seen: T) => Verdict,
  more: Partial<Pick<Check, 'limitMs' | 'failing' | 'fix'>> = {},
): Check {
  return {
    name,
    limitMs: LIMIT_MS,
    failing: 'unknown',
    ...more,
    judged: async (signal) => verdict(await look(signal)),
  };
}

/** A look that several checks share. It is made once. */
export function shared<T>(look: (signal: AbortSignal) => Promise<T>): (signal: AbortSignal) => Promise<T> {
  let made: Promise<T> | undefined;
  return (signal) => {
    made ??= look(signal);
    return made;
  };
}

export interface ExaminePorts {
  readonly clock: Clock;
  /** Called for an error that is no failure of a part; the check is then unknown. */
  readonly onUnexpected: (error: unknown) => void;
}

/** Makes all checks side by side, each within its limit; the findings are in the order of the rooms. Never throws but when aborted. */
export async function examine(
  rooms: readonly Room[],
  ports: ExaminePorts,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const found = await Promise.all(rooms.map((room) => examineRoom(room, ports, signal)));
  signal.throwIfAborted();
  return found.flat();
}

async function examineRoom(room: Room, ports: ExaminePorts, signal: AbortSignal): Promise<readonly Finding[]> {
  let list: readonly Check[] = [];
  const listed = await judged({ ...LISTING, judged: async (until) => listOf(await room.checks(until)) }, ports, signal);
  function listOf(checks: readonly Check[]): Verdict {
    list = checks;
    return { is: 'good', says: '' };
  }
  if (listed.is !== 'good') return [{ room: room.name, name: room.name, ...listed }];
  return await Promise.all(
    list.map(async (one) => ({ room: room.name, name: one.name, ...(await judged(one, ports, signal)) })),
  );
}

const LISTING = { name: '', limitMs: 2 * LIMIT_MS, failing: 'unknown' } as const;

async function judged(one: Check, { clock, onUnexpected }: ExaminePorts, signal: AbortSignal): Promise<Verdict> {
  return await limited(one.limitMs, clock, signal, async (until) => {
    try {
      return await untilAborted(() => one.judged(until), until);
    } catch (error) {
      if (until.aborted) return unknown(`There was no answer within ${one.limitMs / 1000} s.`);
      if (error instanceof Failure) return ofFailure(error, one);
      onUnexpected(error);
      return unknown('The check met an unexpected error, which is shown above.', 'Report it with that text.');
    }
  });
}

function ofFailure(failure: Failure, { failing, fix }: Check): Verdict {
  const { where, what, next } = failure.report();
  if (failing === 'wrong') return wrong(what, fix ?? next);
  return unknown(`Not checked, because of ${where}: ${what}`);
}
