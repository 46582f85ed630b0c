import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Clocked, setClock } from '../../../sandbox/clock/clocks.ts';
import { setRedisClock } from '../../../sandbox/clock/redis-clock.ts';
import { startKeeper } from '../../../sandbox/processes/keeper.ts';
import type { Service } from '../../../sandbox/processes/service.ts';
import type { ServiceName } from '../../../sandbox/processes/services.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import type { SeenChange } from '../../../sandbox/seen/changes.ts';
import { closeRedis, connectRedis } from '../../../src/adapters/redis/server/connection.ts';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import type { StepKind } from '../../../src/domain/plan/step.ts';
import { type CardState, cardStateOf, changeIds } from '../../harness/stage/card-state.ts';
import { NotMet } from '../../harness/stage/not-met.ts';
import { MOMENT_LIMIT_MS, SandboxStage } from '../../harness/stage/sandbox-stage.ts';
import { type ClockSet, inTrueTime } from './clock-sets.ts';
import type { Recovery } from './recovery.ts';
import type { Untouched } from './untouched.ts';

export interface StageOptions {
  readonly sandbox: Sandbox;
  readonly pace: number;
  readonly signal: AbortSignal;
  /** Returns a random number from 0 to 1 (exclusive), reproducible for a seed. */
  readonly random: () => number;
  readonly onRecovery: (what: Recovery, seconds: number) => void;
}

/** The target node of every scenario with one cluster. */
export const TARGET = 'node-2';
const STOP_LIMIT_MS = 6_000;

/** What a disturbance can do to a sandbox and read from it. */
export class ChaosStage extends SandboxStage {
  readonly pace: number;
  readonly random: () => number;
  /** Kills and cuts so far: each may force one command to run again. */
  interruptions = 0;
  /** The cluster before the request, recorded by disturbances that compare the end with it. */
  untouched: Untouched | null = null;
  readonly #from = performance.now();
  readonly #clockSets: ClockSet[] = [];
  readonly #closing = new AsyncDisposableStack();
  readonly #onRecovery: StageOptions['onRecovery'];

  constructor({ sandbox, pace, signal, random, onRecovery }: StageOptions) {
    super(sandbox, signal);
    this.pace = pace;
    this.random = random;
    this.#onRecovery = onRecovery;
  }

  async pause(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.signal });
  }

  /** Waits for a moment in the journal, within milliseconds. */
  async moment(what: string, isSo: (events: readonly ChangeEvent[]) => boolean): Promise<void> {
    const wait = { limitMs: MOMENT_LIMIT_MS, signal: this.signal };
    if (!(await this.journal.until(isSo, wait))) throw new NotMet(`The moment never came: ${what}.`);
  }

  /** Like `moment`, for conditions that last only milliseconds. */
  async quickly(what: string, isSo: () => boolean): Promise<void> {
    await this.moment(what, () => isSo());
  }

  /** Waits until the worker has written this many lines. */
  async line(n: number): Promise<void> {
    await this.moment(`line ${n} of the journal`, (events) => events.length >= n);
  }

  /** Waits until the first step of a kind has started. */
  async step(kind: StepKind): Promise<void> {
    await this.stepNamed(kind);
  }

  /** Waits until a step, given by its ID or the start of it, has started. */
  async stepNamed(id: string): Promise<void> {
    await this.moment(`the step ${id}`, (events) =>
      events.some((event) => event.type === 'step-started' && event.step.startsWith(id)),
    );
  }

  /** Seconds since the start of the scenario. */
  seconds(): number {
    return (performance.now() - this.#from) / 1000;
  }

  async plant(name: string, ...args: readonly string[]): Promise<void> {
    await this.sandbox.faults.plant(name, args);
  }

  async clear(name: string): Promise<void> {
    await this.sandbox.faults.clear(name);
  }

  /** Kills a process, unless it has already ended. */
  async kill(service: ServiceName): Promise<void> {
    this.interruptions += 1;
    await this.sandbox.services[service].kill();
  }

  async start(service: ServiceName): Promise<void> {
    // Without Redis neither bot nor worker becomes ready.
    const waits = service === 'redis' || this.sandbox.services.redis.pid !== undefined;
    await this.sandbox.services[service].start(this.signal, waits);
  }

  /** Sets the clock of bot or worker to an offset in milliseconds from the correct time. */
  async setClock(name: Clocked, offMs: number): Promise<void> {
    await setClock(this.sandbox.folder, name, offMs, this.sandbox.services[name]);
    if (name === 'worker') this.#clockSets.push({ line: this.journal.events().length, offMs });
  }

  /** The same for Redis: its time of day, by which keys expire and which it tells others. */
  async setRedisClock(offMs: number): Promise<void> {
    await setRedisClock(this.sandbox.folder, offMs);
  }

  /** The journal's events with the times of a correct clock. */
  eventsInTrueTime(): readonly ChangeEvent[] {
    return inTrueTime(this.journal.events(), this.#clockSets);
  }

  /** Measures the time until the journal grows; measures nothing if the change has ended. */
  async measureNextLine(what: Recovery, from = performance.now()): Promise<void> {
    const { length } = this.journal.events();
    const wait = { limitMs: MOMENT_LIMIT_MS, signal: this.signal };
    const grew = await this.journal.until((events) => events.length > length || hasEnded(events), wait);
    if (!grew) throw new NotMet(`No act within ${MOMENT_LIMIT_MS / 1000} s (${what}).`);
    if (this.journal.events().length > length) this.#onRecovery(what, (performance.now() - from) / 1000);
  }

  /** Like `measureNextLine`, but a command on a node counts as well: some acts are long and write a line only at their end. */
  async measureNextAct(what: Recovery): Promise<void> {
    const from = performance.now();
    const acts = () =>
      [...this.sandbox.cluster.world.nodes.values()].reduce((n, node) => n + node.commandLog.length, 0);
    const [lines, commands] = [this.journal.events().length, acts()];
    await this.until(`an act (${what})`, () => {
      const events = this.journal.events();
      return events.length > lines || acts() > commands || hasEnded(events);
    });
    this.noteRecovery(what, from);
  }

  /** Starts an extra process; it ends with the scenario, or if this process is killed. */
  async extra(make: (onPid: () => void) => Service | Promise<Service>, waits = false): Promise<Service> {
    const folder = await mkdtemp(join(tmpdir(), 'registry-ha-chaos-'));
    const keeper = startKeeper(folder, () => undefined);
    this.#closing.defer(() => keeper.release());
    const service: Service = await make(() => keeper.watch(service?.pid === undefined ? [] : [service.pid]));
    this.#closing.defer(() => service.stop(STOP_LIMIT_MS));
    await service.start(this.signal, waits);
    return service;
  }

  /** Ends the processes started by `extra`. */
  async close(): Promise<void> {
    await this.#closing.disposeAsync();
  }

  noteRecovery(what: Recovery, from: number): void {
    this.#onRecovery(what, (performance.now() - from) / 1000);
  }

  /** The newest change in Redis; undefined if there is none or Redis does not answer. */
  async change(): Promise<SeenChange | undefined> {
    const seen = await this.sandbox.changes.read();
    return seen.are === 'seen' ? seen.changes.at(-1) : seen.last.at(-1);
  }

  /** How far the only change's card lags behind its record. */
  async cardState(): Promise<CardState> {
    const redis = connectRedis({ url: this.redisUrl, onError: () => undefined, name: 'registry-ha-chaos' });
    try {
      const [id] = await changeIds(redis);
      return id === undefined
        ? { revision: 0, drawn: 0, isPosted: false, aside: '', entries: 0 }
        : await cardStateOf(redis, id);
    } finally {
      await closeRedis(redis);
    }
  }
}

const ENDS: ReadonlySet<string> = new Set(['refused', 'failed', 'done', 'cancelled']);

/** Whether the change has reached a final state. */
export function hasEnded(events: readonly ChangeEvent[]): boolean {
  const last = events.at(-1);
  return last !== undefined && ENDS.has(last.type);
}
