import { approvalChecker, approvalSigner } from '../../../src/adapters/keys/approvals.ts';
import { newKeyPair } from '../../../src/adapters/keys/pair.ts';
import { TerminalDesk } from '../../../src/app/desk/desk.ts';
import { LocalChanges } from '../../../src/app/desk/local-changes.ts';
import { LocalRuns } from '../../../src/app/desk/local-runs.ts';
import { LostRecordWatch } from '../../../src/app/record/lost-record-watch.ts';
import { reportLostRecords } from '../../../src/app/record/lost-records.ts';
import type { Change } from '../../../src/domain/change/change.ts';
import { changeFrom } from '../../../src/domain/change/fold.ts';
import type { TerminalRules } from '../../../src/domain/policy/terminal.ts';
import type { Talk, TerminalAnswer, TerminalAsk, TerminalSays } from '../../../src/domain/wish/terminal-talk.ts';
import { FakeHolds } from '../../fakes/fake-holds.ts';
import { type Bench, bench } from '../bench.ts';

/** alice requests, bob and carol approve, dave may break glass. */
export const RULES: TerminalRules = {
  channel: 'C0OPS',
  requesters: ['alice'],
  approvers: ['bob', 'carol'],
  approvals: 1,
  breakGlass: ['dave'],
};

const LONG_MS = 20 * 60_000;

/** A person at the terminal who confirms what they see, unless told otherwise. */
export class FakeTalk implements Talk {
  readonly said: TerminalSays[] = [];
  readonly #gone = new AbortController();
  readonly #answers: ((plan: Extract<TerminalSays, { is: 'plan' }>) => TerminalAnswer | null)[];

  constructor(answer: (plan: Extract<TerminalSays, { is: 'plan' }>) => TerminalAnswer | null = confirms) {
    this.#answers = [answer];
  }

  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  leave(): void {
    this.#gone.abort();
  }

  says(message: TerminalSays): void {
    this.said.push(message);
  }

  async hears(): Promise<TerminalAnswer | null> {
    const plan = this.said.findLast((one) => one.is === 'plan');
    return plan?.is === 'plan' ? (this.#answers[0]?.(plan) ?? null) : null;
  }

  get last(): TerminalSays | undefined {
    return this.said.at(-1);
  }

  get lines(): readonly string[] {
    return this.said.flatMap((one) => (one.is === 'step' ? [one.says] : []));
  }
}

const confirms = ({ digest }: { readonly digest: string }): TerminalAnswer => ({ confirms: digest });

const pair = newKeyPair();

/** The desk of a worker over the fakes. */
export function deskBench(rules: TerminalRules = RULES, on: Bench = bench()) {
  const { clock, worker, journal, bot } = on;
  const sleep = clock.sleep.bind(clock);
  // A plan waits for a person; everything else ends at once.
  clock.sleep = (ms, signal) =>
    ms < LONG_MS
      ? sleep(ms, signal)
      : new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const ending = new AbortController();
  const local = new LocalChanges(journal);
  const onError = (error: unknown) => on.surprises.push(error);
  const watch = new LostRecordWatch({ clock, report: async () => undefined, onError });
  const ended: number[] = [];
  const runs = new LocalRuns({
    ...worker,
    local,
    turn: {
      job: (job, work) => watch.job(job.id, work),
      tryJob: (job, work) => watch.tryJob(job.id, work),
    },
    checker: approvalChecker({ keys: [pair] }, 'terminal'),
    trouble: { over: async () => undefined },
    onInterrupted: onError,
    onEnded: () => void ended.push(1),
    ending: ending.signal,
  });
  const trouble: { says: string | null } = { says: null };
  const holds = new FakeHolds();
  const desk = new TerminalDesk({
    holds,
    ...{ rules, runs, local, journal, clock, ids: bot.ids, cluster: 'lab', planLivesMs: 3_600_000 },
    signer: approvalSigner(pair, 'terminal'),
    trouble: { look: async () => trouble.says },
    onUnexpected: onError,
  });
  const type = async (
    login: string,
    command: TerminalAsk['command'],
    words: readonly string[],
    more: Partial<TerminalAsk> = {},
    talk = new FakeTalk(),
  ) => {
    await desk.serve({ v: 1, login, uid: 0, command, words, ...more }, talk, ending.signal);
    return talk;
  };
  const newest = async (): Promise<Change | null> => {
    const [id] = (await journal.changes()).slice(-1);
    return id === undefined ? null : changeFrom(await journal.events(id));
  };
  const told: string[] = [];
  const redisIsBack = () =>
    reportLostRecords({
      ...worker,
      journal,
      onLost: (id) => void told.push(`lost ${id}`),
      onBehind: (id) => void told.push(`behind ${id}`),
      onTold: (id) => void told.push(`told ${id}`),
      onBotEnd: () => undefined,
    });
  return {
    on,
    holds,
    desk,
    runs,
    watch,
    type,
    newest,
    trouble,
    ending,
    ended,
    told,
    redisIsBack,
    signer: approvalSigner(pair, 'terminal'),
  };
}

/** Waits for what other promises bring about. */
export async function until(look: () => boolean | Promise<boolean>): Promise<void> {
  for (let turns = 0; turns < 10_000; turns += 1) {
    if (await look()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`It never came: ${look}`);
}
