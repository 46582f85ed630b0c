import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { becomesTrue, endsWithin } from './poll.ts';
import type { ServiceName } from './services.ts';

/** How a process of the sandbox is started. */
export interface ServiceOptions {
  readonly name: ServiceName;
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logPath: string;
  readonly isReady: () => Promise<boolean>;
  /** Called when the process starts and when it ends. */
  readonly onPid: () => void;
  /** Called when the process ends unexpectedly. */
  readonly onDeath: (says: string) => void;
}

const READY_LIMIT_MS = 60_000;
const KILL_LIMIT_MS = 5_000;
const SHOWN_LINES = 12;

/** A process of the sandbox. It can be killed and started repeatedly, always with the same arguments. */
export class Service {
  readonly #options: ServiceOptions;
  readonly #askedToEnd = new WeakSet<ChildProcess>();
  #child: ChildProcess | null = null;
  #isStarting = false;
  #death: string | null = null;

  constructor(options: ServiceOptions) {
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** How the process ended unexpectedly; null if it did not. */
  get death(): string | null {
    return this.#death;
  }

  /** Starts the process and, by default, waits until it is ready. Throws with the end of its log. */
  async start(signal: AbortSignal, waitsUntilReady = true): Promise<void> {
    const { name, isReady } = this.#options;
    if (this.#child !== null) throw new Error(`The ${name} is already running.`);
    this.#death = null;
    this.#isStarting = true;
    try {
      await this.#launch();
      if (!waitsUntilReady) return;
      const begun = await becomesTrue(() => this.#death !== null || isReady(), READY_LIMIT_MS, signal);
      if (this.#death !== null) throw new Error(await this.#lastWords(this.#death));
      if (!begun)
        throw new Error(await this.#lastWords(`The ${name} did not become ready within ${READY_LIMIT_MS / 1000} s.`));
    } finally {
      this.#isStarting = false;
    }
  }

  /** Ends it with SIGKILL, as a power cut would. */
  async kill(): Promise<void> {
    if (this.#child === null) throw new Error(`The ${this.#options.name} is not running.`);
    await this.#end('SIGKILL', KILL_LIMIT_MS);
  }

  /** Ends it with SIGTERM, then with SIGKILL after the limit; does nothing if it is not running. */
  async stop(limitMs: number): Promise<void> {
    if (!(await this.#end('SIGTERM', limitMs))) await this.#end('SIGKILL', KILL_LIMIT_MS);
  }

  /** The end of its log. */
  async lastLines(): Promise<string> {
    const text = await readFile(this.#options.logPath, 'utf8').catch(() => '(no log)');
    return text.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n');
  }

  async #launch(): Promise<void> {
    const { program, args, env, logPath, onPid } = this.#options;
    const log = openSync(logPath, 'a');
    try {
      // Detached, so that Ctrl-C in a terminal does not reach it: the sandbox stops its processes in order.
      const child = spawn(program, args, { stdio: ['ignore', log, log], env, detached: true });
      child.once('exit', (code, why) => this.#ended(child, String(code ?? why)));
      await once(child, 'spawn');
      this.#child = child;
      onPid();
    } finally {
      closeSync(log);
    }
  }

  #ended(child: ChildProcess, how: string): void {
    if (this.#child === child) this.#child = null;
    this.#options.onPid();
    if (this.#askedToEnd.has(child)) return;
    this.#death = `The ${this.#options.name} ended unexpectedly (${how}).`;
    if (!this.#isStarting) void this.#lastWords(this.#death).then(this.#options.onDeath);
  }

  async #lastWords(says: string): Promise<string> {
    return `${says} Last lines of its log:\n${await this.lastLines()}`;
  }

  /** Returns whether the process ended within the limit. */
  async #end(how: 'SIGKILL' | 'SIGTERM', limitMs: number): Promise<boolean> {
    const child = this.#child;
    if (child === null) return true;
    this.#askedToEnd.add(child);
    const ended = once(child, 'exit');
    child.kill(how);
    return await endsWithin(ended, limitMs);
  }
}
