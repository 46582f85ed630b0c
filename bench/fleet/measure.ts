import { setTimeout as pause } from 'node:timers/promises';
import type { ChangeEvent } from '../../src/domain/change/change.ts';
import { planned } from '../../test/slack/card-events.ts';
import { spread } from '../race.ts';
import { cpuOf, memoryOf, type Rig } from './rig.ts';
import { NODES } from './workers.ts';

const IDLE_MS = 20_000;
/** After the start, Node and V8 tidy up for a while. */
const SETTLE_MS = 15_000;
const BURST = 20;
/** Our own limit is 35 edits a minute. */
const BETWEEN_MS = 2_000;
/** Slack allows one message a second in a channel. */
const BETWEEN_REQUESTS_MS = 1_200;
const ANSWER_LIMIT_MS = 120_000;
const ASKER = { id: 'U0ALICE', name: 'alice' } as const;

/** What was measured of a bot; times are in milliseconds. */
export interface Measured {
  readonly clusters: number;
  readonly commands: number;
  /** Share of one core. */
  readonly cpu: number;
  readonly idleMb: number;
  readonly burstMb: number;
  readonly connections: number;
  /** Ratios to the bot with one cluster, one for each round. */
  readonly help: readonly number[];
  readonly status: readonly number[];
  /** Longest of all. */
  readonly drawnMs: number;
}

/** Measures a bot; `base` has one cluster, and answers in turn with it. */
export async function measured(rig: Rig, base: Rig, rounds: number): Promise<Measured> {
  await pause(SETTLE_MS);
  const idle = await atIdle(rig);
  const idleMb = await memoryOf(rig.pid());
  const connections = await rig.connections();
  const help = await ratios(['help'], rig, base, rounds);
  const status = await ratios(
    [`status --cluster ${rig.clusters[0]}`, `status --cluster ${base.clusters[0]}`],
    rig,
    base,
    rounds,
  );
  await answers(rig, 'help', BURST);
  const burstMb = await memoryOf(rig.pid());
  const drawnMs = await slowestDrawing(rig);
  return { clusters: rig.clusters.length, ...idle, idleMb, burstMb, connections, help, status, drawnMs };
}

async function atIdle(rig: Rig): Promise<Pick<Measured, 'commands' | 'cpu'>> {
  const [commands, cpu, from] = [await rig.commands(), await cpuOf(rig.pid()), performance.now()];
  await pause(IDLE_MS);
  const seconds = (performance.now() - from) / 1000;
  const used = (await cpuOf(rig.pid())) - cpu;
  return { commands: ((await rig.commands()) - commands) / seconds, cpu: used / seconds };
}

async function ratios(
  [question, ofBase = question]: readonly [string, string?],
  rig: Rig,
  base: Rig,
  rounds: number,
): Promise<readonly number[]> {
  const all: number[] = [];
  await answers(base, ofBase, 1);
  await answers(rig, question, 1);
  for (let round = 0; round < rounds; round += 1) {
    const ofOne = await answers(base, ofBase, 1);
    all.push((await answers(rig, question, 1)) / ofOne);
  }
  return all;
}

/** Milliseconds until all of these questions, asked at once, are answered. */
async function answers({ slack }: Rig, question: string, count: number): Promise<number> {
  const heard = () => slack.messages().filter(({ ephemeralFor }) => ephemeralFor === ASKER.id).length;
  const before = heard();
  const from = performance.now();
  const all = until(slack, () => heard() >= before + count, question);
  await Promise.all(Array.from({ length: count }, () => slack.command(ASKER.name, `/registry-ha ${question}`)));
  await all;
  return performance.now() - from;
}

/** Milliseconds from an entry of a worker to the edited card: the longest of twenty changes that are open at once. */
async function slowestDrawing({ clusters, slack, workers, folder }: Rig): Promise<number> {
  const cards = () =>
    slack
      .messages()
      .filter(
        ({ threadTs, ephemeralFor, author }) => author.isBot && threadTs === undefined && ephemeralFor === undefined,
      );
  const live: { readonly ts: string; readonly id: string; readonly cluster: string }[] = [];
  for (const [n, node] of NODES.entries()) {
    const cluster = clusters[n % clusters.length] ?? '';
    const before = cards().length;
    const posted = until(slack, () => cards().length > before, 'add');
    await slack.command(ASKER.name, `/registry-ha add ${node} --cluster ${cluster}`);
    await posted;
    const card = cards().at(-1);
    const [id] = new RegExp(`${cluster}-[a-z0-9]{6}`).exec(JSON.stringify(card)) ?? [];
    if (card === undefined || id === undefined) throw new Error('A card does not name its change.');
    live.push({ ts: card.ts, id, cluster });
    await pause(BETWEEN_REQUESTS_MS);
  }
  const times: number[] = [];
  for (const { ts, id, cluster } of live) {
    const record = await workers.recordOf(cluster, folder);
    const edits = () => slack.messages().find((one) => one.ts === ts)?.edits ?? 0;
    const before = edits();
    const drawn = until(slack, () => edits() > before, id);
    const from = performance.now();
    if (!(await record.append(id, 1, freshPlan()))) throw new Error(`The record of ${id} has more entries.`);
    await drawn;
    times.push(performance.now() - from);
    await pause(BETWEEN_MS);
  }
  return spread(times)[2];
}

/** A plan that does not expire meanwhile, which would be a second edit. */
function freshPlan(): ChangeEvent {
  const event = planned();
  if (event.type !== 'planned') throw new TypeError('The fixture is no plan.');
  return { ...event, expires: new Date(Date.now() + 3_600_000).toISOString() };
}

async function until(slack: Rig['slack'], isSo: () => boolean, what: string): Promise<void> {
  if (isSo()) return;
  const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
  await new Promise<void>((resolve, reject) => {
    const late = () => reject(new Error(`${what}: nothing was shown within ${ANSWER_LIMIT_MS / 1000} s.`));
    signal.addEventListener('abort', late);
    const stop = slack.onChange(() => {
      if (!isSo()) return;
      stop();
      signal.removeEventListener('abort', late);
      resolve();
    });
  });
}
