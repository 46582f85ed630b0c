import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { PEOPLE } from '../../sandbox/people.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { parseScenario } from '../../sandbox/scenario/parse/parse.ts';
import { type FailedStatement, play } from '../../sandbox/scenario/play/play.ts';
import { resultOf } from '../../sandbox/scenario/result.ts';
import { stageOf } from '../../sandbox/scenario/sandbox-stage.ts';
import { readPlanFile } from '../../src/domain/plan/plan-file.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { judgeJournal, judgeStarts } from '../chaos/judges/record.ts';
import { judgeCards } from '../chaos/judges/slack.ts';
import { inTheEnd } from '../harness/judges/in-the-end.ts';
import { JournalTail } from '../harness/stage/journal-tail.ts';

const FOLDER = join(import.meta.dirname, '../scenarios');
/** Fifty times faster than a real cluster. */
const PACE = 0.02;
/** Multiplies time limits, for a machine ten times slower. */
const PATIENCE = 6;
const ACK_LIMIT_MS = 30_000;
// Below the limit of .ci/run, so that a scenario that hangs is named.
const LIMIT_MS = 600_000;

/** A played scenario, whose sandbox still runs. */
interface Played {
  readonly name: string;
  readonly sandbox: Sandbox;
  readonly failed: FailedStatement | null;
  readonly said: readonly string[];
  readonly signal: AbortSignal;
}

/** Plays the scenario in a sandbox of its own, which is closed once `look` has looked at it. */
async function played<T>(name: string, signal: AbortSignal, look: (played: Played) => Promise<T>): Promise<T> {
  const scenario = parseScenario(readFileSync(join(FOLDER, `${name}.txt`), 'utf8'), {
    people: PEOPLE.map((person) => person.name),
  });
  if (scenario.is === 'wrong') throw new Error(scenario.mistakes.join('\n'));
  const description = join(FOLDER, `${name}.yaml`);
  const policy = join(FOLDER, `${name}.policy.yaml`);
  const said: string[] = [];
  const sandbox = await startSandbox({
    pace: PACE,
    ackLimitMs: ACK_LIMIT_MS,
    log: (line) => said.push(line),
    signal,
    hasFiles: WITH_FILES.includes(name),
    hasMentions: WITH_MENTIONS.includes(name),
    ...(existsSync(description) ? { description } : {}),
    ...(existsSync(policy) ? { policy } : {}),
  });
  try {
    const context = { stage: stageOf(sandbox, signal), clock: systemClock, signal, patience: PATIENCE };
    const failed = await play(scenario.statements, context, () => undefined);
    return await look({ name, sandbox, failed, said, signal });
  } finally {
    await sandbox.close();
  }
}

/** The state at the end. Every image of every registry is read for it, which is a tenth of a scenario's work. */
const playFile = (name: string, signal: AbortSignal) => played(name, signal, endOf);

async function endOf({ name, sandbox, failed, said, signal }: Played) {
  const { worker, bot } = sandbox.services;
  const logs = failed === null ? '' : `${await bot.lastLines()}\n${await worker.lastLines()}`;
  const result = await resultOf(failed, sandbox, signal, failed === null ? PATIENCE : 1);
  const path = join(sandbox.folder, 'worker/journal.jsonl');
  const events = new JournalTail(path).events();
  const journal = failed === null ? await judgeJournal(path) : [];
  const judge = () => judgeCards(sandbox.slack.messages()).complaints;
  const cards = failed === null && name === 'a-year' ? await inTheEnd(judge) : [];
  return { result, said, logs, events, complaints: [...journal, ...cards] };
}

/** Null if every statement was met. */
async function storyIfFailed(one: Played): Promise<string | null> {
  if (one.failed === null) return null;
  const { result, said, logs } = await endOf(one);
  return storyOf(result, said, logs);
}

/** The report of a failed scenario: the failed statement, what each person saw, and the last log lines. */
function storyOf(
  { failedAt, instead, slack }: Awaited<ReturnType<typeof playFile>>['result'],
  said: readonly string[],
  logs: string,
): string {
  const seen = slack.map(
    ({ author, text, ephemeralFor }) => `${author}${ephemeralFor === null ? '' : ' (to one)'}: ${text}`,
  );
  return [`${failedAt}: ${instead}`, ...seen, ...said, logs].join('\n');
}

const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.txt'))
  .map((file) => file.slice(0, -'.txt'.length));

/** Scenarios whose app has optional scopes: for files, and for mentions and direct messages. */
const WITH_FILES: readonly string[] = ['plan-as-a-file'];
const WITH_MENTIONS: readonly string[] = ['mentions-and-direct-messages'];

/** Seconds that a scenario only waits. */
function slept(name: string): number {
  const text = readFileSync(join(FOLDER, `${name}.txt`), 'utf8');
  return [...text.matchAll(/^sleep (\d+)/gm)].reduce((sum, [, seconds]) => sum + Number(seconds), 0);
}

/** Scenarios with further checks of the result. */
const LOOKED_INTO: readonly string[] = [
  'a-year',
  'add-node-2',
  'plan-as-a-file',
  'remove-a-registry',
  'starts-when-the-window-opens',
  'sync-around-an-upgrade',
  'undo-after-failed-engines',
  'undo-takes-only-its-own',
];

/** The others, begun with those that wait longest: at the end nobody waits for one of them alone. */
const others = names.filter((name) => !LOOKED_INTO.includes(name)).toSorted((a, b) => slept(b) - slept(a));

// Each has its own bot, worker and Redis, which wait most of the time: eight of them and the other files fill two cores.
vi.setConfig({ maxConcurrency: 8 });

describe.concurrent('an operator sees what the scenario expects', { timeout: LIMIT_MS }, () => {
  test('add-node-2: serves both versions and the solution byte for byte; four engines use two registries', async ({
    signal,
  }) => {
    const { result, said, logs } = await playFile('add-node-2', signal);
    expect(result.passed, storyOf(result, said, logs)).toBe(true);
    expect(result.nodes['node-2']).toMatchObject({ registry: 'ready', served: 13, expected: 13, missing: [] });
    const engines = Object.values(result.nodes).map(({ engineEndpoints }) => engineEndpoints);
    expect(engines).toHaveLength(4);
    expect(new Set(engines.map((endpoints) => endpoints.join(' '))).size).toBe(1);
    expect(engines[0]).toHaveLength(2);
    const copied = (name: string) => result.nodes[name]?.files.map(({ path, sha256 }) => `${sha256}  ${path}`);
    expect(copied('node-2')).toEqual(copied('bootstrap'));
    expect(copied('node-2')).toHaveLength(3);
    expect(result.changes.map(({ verb, state }) => `${verb} ${state}`)).toEqual(['add done']);
    expect(result.slack.at(-1)?.text).toContain('Served 13/13 images of 3 archives, every layer hashed');
    expect(result.slack.at(-1)?.threadTs).toBe(result.slack[0]?.ts);
  });

  test('plan-as-a-file: one file in the card’s thread, with the digest that the card shows', async ({ signal }) => {
    const { result, said, logs } = await playFile('plan-as-a-file', signal);
    expect(result.passed, storyOf(result, said, logs)).toBe(true);
    const [message, ...others] = result.slack.filter(({ files }) => files.length > 0);
    expect(others).toEqual([]);
    expect(message?.threadTs).toBe(result.slack[0]?.ts);
    const file = readPlanFile(message?.files[0] ?? '');
    expect(file?.digest).toBe(file?.named);
    expect(message?.text).toContain(file?.digest.slice(0, 12));
    expect(JSON.stringify(result.slack[0]?.blocks)).toContain(`plan \`${file?.digest.slice(0, 12)}\``);
  });

  test('starts-when-the-window-opens: no sooner, and after a restart of the bot', async ({ signal }) => {
    const { result, said, logs, events } = await playFile('starts-when-the-window-opens', signal);
    expect(result.passed, storyOf(result, said, logs)).toBe(true);
    const approvals = events.flatMap((event) => (event.type === 'approved' ? [event.signed.approval] : []));
    expect(approvals.map(({ notBefore }) => notBefore)).toEqual([expect.stringMatching(/:00\.000Z$/)]);
    expect(judgeStarts(events)).toEqual([]);
    expect(result.changes.map(({ verb, state }) => `${verb} ${state}`)).toEqual(['add done']);
  });

  test('undo-after-failed-engines: restores the node, and every engine uses only the bootstrap', async ({ signal }) => {
    const { result, said, logs } = await playFile('undo-after-failed-engines', signal);
    expect(result.passed, storyOf(result, said, logs)).toBe(true);
    expect(result.nodes['node-2']).toMatchObject({ registry: null, mounts: [], files: [] });
    expect(result.nodes['bootstrap']).toMatchObject({ registry: 'ready', served: 13, missing: [] });
    const engines = Object.values(result.nodes).map(({ engineEndpoints }) => engineEndpoints.join(' '));
    expect(new Set(engines).size).toBe(1);
    expect(engines[0]).not.toContain(' ');
    expect(result.changes.map(({ verb, state }) => `${verb} ${state}`)).toEqual(['add failed', 'undo done']);
  });

  test('remove-a-registry: nothing of it is left, and every engine uses only the bootstrap', async ({ signal }) => {
    const { result, said, logs } = await playFile('remove-a-registry', signal);
    expect(result.passed, storyOf(result, said, logs)).toBe(true);
    expect(result.nodes['node-2']).toMatchObject({ registry: null, mounts: [], files: [] });
    const engines = Object.values(result.nodes).map(({ engineEndpoints }) => engineEndpoints.join(' '));
    expect(new Set(engines)).toEqual(new Set([result.nodes['bootstrap']?.engineEndpoints.join(' ')]));
    expect(engines[0]).not.toContain(' ');
    expect(result.changes.map(({ verb, state }) => `${verb} ${state}`)).toEqual([
      'add done',
      'remove done',
      'remove refused',
    ]);
  });

  test('sync-around-an-upgrade: node-2 has exactly the listed archives, byte for byte', async ({ signal }) => {
    const { result, said, logs } = await playFile('sync-around-an-upgrade', signal);
    expect(result.passed, storyOf(result, said, logs)).toBe(true);
    const { bootstrap, ['node-2']: second } = result.nodes;
    expect(second).toMatchObject({ registry: 'ready', served: 16, expected: 16, missing: [] });
    expect(second?.mounts.toSorted()).toEqual(bootstrap?.mounts.toSorted());
    const listed = bootstrap?.files.filter(({ path }) => !path.endsWith('127.0.6.iso'));
    expect(second?.files).toEqual(listed);
    expect(result.changes.map(({ verb, state }) => `${verb} ${state}`)).toEqual([
      'add done',
      'sync done',
      'sync done',
      'sync done',
    ]);
  });

  test('a-year: every change is as its card says, the journal is valid, and the two registries serve everything', async ({
    signal,
  }) => {
    const { result, said, logs, complaints } = await playFile('a-year', signal);
    expect(result.passed, storyOf(result, said, logs)).toBe(true);
    expect(complaints).toEqual([]);
    expect(result.changes.map(({ verb, state }) => `${verb} ${state}`)).toEqual([
      'add done',
      'sync done',
      'sync done',
      'sync done',
      'sync refused',
      'drill done',
      'add refused',
      'add done',
      'add done',
      'remove done',
    ]);
    const { bootstrap, ['node-1']: second, ['node-2']: former } = result.nodes;
    expect(second).toMatchObject({ registry: 'ready', served: 21, expected: 21, missing: [] });
    expect(second?.mounts.toSorted()).toEqual(bootstrap?.mounts.toSorted());
    expect(former).toMatchObject({ registry: null, mounts: [], files: [] });
    const engines = Object.values(result.nodes).map(({ engineEndpoints }) => engineEndpoints.toSorted().join(' '));
    expect(new Set(engines).size).toBe(1);
    expect(engines[0]?.split(' ')).toHaveLength(2);
  });

  test('undo-takes-only-its-own: leaves files of another change unchanged', async ({ signal }) => {
    const { result, said, logs } = await playFile('undo-takes-only-its-own', signal);
    expect(result.passed, storyOf(result, said, logs)).toBe(true);
    const copied = (name: string) => result.nodes[name]?.files.map(({ path, sha256 }) => `${sha256}  ${path}`);
    expect(copied('node-2')).toEqual(copied('bootstrap'));
    expect(result.nodes['node-2']?.mounts).not.toContain('/srv/scality/metalk8s-128.0.1');
  });

  test.for(others)('%s', async (name, { signal }) => {
    const story = await played(name, signal, storyIfFailed);
    expect(story === null, story ?? name).toBe(true);
  });
});
