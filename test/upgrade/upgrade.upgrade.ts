import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PEOPLE } from '../../sandbox/people.ts';
import { program } from '../../sandbox/processes/program.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { parseScenario } from '../../sandbox/scenario/parse/parse.ts';
import { play } from '../../sandbox/scenario/play/play.ts';
import { stageOf } from '../../sandbox/scenario/sandbox-stage.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { judgeJournal } from '../chaos/judges/record.ts';
import { judgeCards } from '../chaos/judges/slack.ts';
import { inTheEnd } from '../harness/judges/in-the-end.ts';
import { buildFormer, formerCommit } from './former.ts';

type Process = 'bot' | 'worker';
type Build = 'former' | 'this';

const OTHER = { bot: 'worker', worker: 'bot' } as const;
const PACE = 0.02;
const PATIENCE = 6;
const LIMIT_MS = 300_000;

/** A change as it is when the first of the two is exchanged, and how it goes on. */
const STATES: Readonly<Record<string, { readonly before: string; readonly after: string }>> = {
  planned: {
    before: 'alice> /registry-ha add node-2\nwait planned',
    after: 'bob> click Approve\nwait done',
  },
  'approved, and not begun': {
    before: 'alice> /registry-ha add node-2\nwait planned\nkill worker\nbob> click Approve\nwait approved',
    after: 'start worker\nwait done',
  },
  running: {
    before:
      'fault ssh-slow node-2 1000\nalice> /registry-ha add node-2\nwait planned\nbob> click Approve\nwait running copy',
    after: 'clear fault ssh-slow\nwait done',
  },
  failed: {
    before:
      'fault state-fails node-2 metalk8s.repo.installed no space\nalice> /registry-ha add node-2\nwait planned\nbob> click Approve\nwait failed\nclear fault state-fails',
    after: 'bob> click Retry from here\nwait done',
  },
  'failed, to be undone': {
    before:
      'fault state-fails node-2 metalk8s.repo.installed no space\nalice> /registry-ha add node-2\nwait planned\nbob> click Approve\nwait failed\nclear fault state-fails',
    after: 'alice> click Undo\nwait planned\nbob> click Approve\nwait done',
  },
  done: {
    before: 'alice> /registry-ha add node-2\nwait planned\nbob> click Approve\nwait done',
    after: 'alice> /registry-ha remove node-2 --last\nwait planned\nbob> click Approve\nwait done',
  },
};

const former = formerCommit();
const scratch = mkdtempSync(join(tmpdir(), 'registry-ha-upgrade-'));
const builds = { former: '', this: '' };

beforeAll(async () => {
  if (former === null) return;
  builds.former = buildFormer(former, join(scratch, 'former'));
  builds.this = join(await program(), '..');
});
afterAll(() => rmSync(scratch, { recursive: true }));

/** A sandbox whose bot and worker are exchanged one after the other, as an operator does. */
class Installation {
  readonly folder = mkdtempSync(join(scratch, 'installed-'));
  #sandbox: Sandbox | undefined;
  readonly #signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  async start(build: Build): Promise<void> {
    for (const name of ['bot', 'worker'] as const) {
      mkdirSync(join(this.folder, name, 'node/bin'), { recursive: true });
      symlinkSync(process.execPath, join(this.folder, name, 'node/bin/node'));
      this.#link(name, build);
    }
    const installed = { bot: join(this.folder, 'bot'), worker: join(this.folder, 'worker') };
    this.#sandbox = await startSandbox({
      pace: PACE,
      ackLimitMs: 30_000,
      log: () => undefined,
      signal: this.#signal,
      installed,
    });
  }

  get sandbox(): Sandbox {
    if (this.#sandbox === undefined) throw new Error('It was not started.');
    return this.#sandbox;
  }

  async exchange(name: Process, build: Build): Promise<void> {
    const service = this.sandbox.services[name];
    const wasRunning = service.pid !== undefined;
    if (wasRunning) await service.kill();
    this.#link(name, build);
    if (wasRunning) await service.start(this.#signal, true);
  }

  async play(text: string): Promise<void> {
    const scenario = parseScenario(text, { people: PEOPLE.map((person) => person.name) });
    if (scenario.is === 'wrong') throw new Error(scenario.mistakes.join('\n'));
    const stage = stageOf(this.sandbox, this.#signal);
    const world = { stage, clock: systemClock, signal: this.#signal, patience: PATIENCE };
    const failed = await play(scenario.statements, world, () => undefined);
    if (failed === null) return;
    const { bot, worker } = this.sandbox.services;
    const seen = this.sandbox.slack.messages().map((one) => one.text);
    throw new Error([JSON.stringify(failed), ...seen, await bot.lastLines(), await worker.lastLines()].join('\n'));
  }

  async complaints(): Promise<readonly string[]> {
    const journal = await judgeJournal(join(this.sandbox.folder, 'worker/journal.jsonl'));
    return [...journal, ...(await inTheEnd(() => judgeCards(this.sandbox.slack.messages()).complaints))];
  }

  #link(name: Process, build: Build): void {
    const at = join(this.folder, name, 'dist');
    rmSync(at, { force: true });
    symlinkSync(builds[build], at);
  }
}

/** Plays a state: from one version to the other, the first process before the change goes on, the second one after it. */
async function upgraded(state: string, first: Process, from: Build, to: Build, signal: AbortSignal) {
  const { before = '', after = '' } = STATES[state] ?? {};
  const on = new Installation(signal);
  await on.start(from);
  try {
    await on.play(before);
    await on.exchange(first, to);
    await on.play(after);
    await on.exchange(OTHER[first], to);
    await on.play('alice> /registry-ha changes\nexpect ephemeral alice "lab"');
    expect(await on.complaints()).toEqual([]);
  } finally {
    await on.sandbox.close();
  }
}

test.runIf(former === null)('has a former build to upgrade from', () => {
  throw new Error('This clone has no tag. Name a former commit: FROM=COMMIT npm run test:upgrade');
});

const ORDERS: readonly (readonly [Build, Build])[] = [
  ['former', 'this'],
  ['this', 'former'],
];

describe.skipIf(former === null)(`an upgrade from ${former}, or back to it`, { timeout: LIMIT_MS }, () => {
  for (const [from, to] of ORDERS)
    for (const state of Object.keys(STATES))
      for (const first of ['worker', 'bot'] as const)
        test(`from ${from} to ${to}, the ${first} first: a change that is ${state} goes on`, async ({ signal }) => {
          await upgraded(state, first, from, to, signal);
        });
});
