import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { becomesTrue } from '../../../sandbox/processes/poll.ts';
import type { Ran } from '../fresh-root.ts';

const exec = promisify(execFile);
const SUPERVISOR = readFileSync(join(import.meta.dirname, 'supervisor.sh'), 'utf8');
/** Packages of former runs; removed with node_modules. */
const CACHE = join(import.meta.dirname, '../../../node_modules/.cache/registry-ha-debian');
/** Beside minbase: systemd, and what docs/install.md, step 4, names. */
const PACKAGES = ['systemd', 'systemd-sysv', 'util-linux', 'openssh-client', 'coreutils'];

/** Half a minute on two idle cores. */
const MAKE_LIMIT_MS = 400_000;
const BOOT_LIMIT_MS = 60_000;
const RUN_LIMIT_MS = 120_000;
const END_LIMIT_MS = 60_000;

/** Folders of this computer, each with the place where the machine has it. */
export type Binds = readonly (readonly [here: string, there: string])[];

/** A fresh Debian with its own systemd, in a container with this computer's network. */
export class DebianMachine {
  readonly root: string;
  readonly #folder: string;
  readonly #supervisor: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  #init = '';

  private constructor(folder: string, supervisor: ChildProcess) {
    this.#folder = folder;
    this.root = join(folder, 'root');
    this.#supervisor = supervisor;
    const { stdin, stdout } = supervisor;
    // That it has ended is seen where its answer is missing.
    stdin?.on('error', () => undefined);
    if (stdout === null) throw new TypeError('The supervisor has no output.');
    this.#answers = createInterface(stdout)[Symbol.asyncIterator]();
  }

  /** Installs a Debian of this suite into a new folder. Nothing runs there yet. */
  static async make(suite: string): Promise<DebianMachine> {
    const folder = mkdtempSync(join(tmpdir(), `registry-ha-${suite}-`));
    mkdirSync(CACHE, { recursive: true });
    const words = [
      '--mount',
      '--propagation',
      'private',
      'sh',
      '-c',
      SUPERVISOR,
      'supervisor',
      basename(folder),
      folder,
      CACHE,
    ];
    // Detached: it must survive Ctrl-C, which a terminal sends to the whole process group.
    const supervisor = spawn('unshare', words, { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
    const machine = new DebianMachine(folder, supervisor);
    try {
      const code = await machine.#say(`make --include=${PACKAGES.join(',')} ${suite}`, MAKE_LIMIT_MS);
      if (code !== '0') throw new Error(`debootstrap of ${suite} ended with exit code ${code}:\n${machine.log()}`);
      return machine;
    } catch (error) {
      await machine.remove();
      throw error;
    }
  }

  /** Boots it, and waits until systemd has started everything. */
  async boot(binds: Binds): Promise<void> {
    const options = binds.map(([here, there]) => `--bind=${here}:${there}`);
    const pid = await this.#say(`boot ${options.join(' ')}`, BOOT_LIMIT_MS);
    await this.until('systemd', BOOT_LIMIT_MS, async () => {
      this.#init = initOf(pid);
      return this.#init !== '' && (await this.run('systemctl', 'is-system-running')).out === 'running\n';
    });
  }

  /** As when the power fails. */
  async cutPower(): Promise<void> {
    this.#init = '';
    await this.#say('off', END_LIMIT_MS);
  }

  /** Runs a command as root, as in a login there. */
  async run(...words: readonly string[]): Promise<Ran> {
    if (this.#init === '') throw new Error('The machine is off.');
    const inside = ['-t', this.#init, '-m', '-p', '-i', '-u', '/usr/bin/env', '-i', ...ENVIRONMENT, ...words];
    const ended = await exec('nsenter', inside, { timeout: RUN_LIMIT_MS }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: { code?: number; stdout?: string; stderr?: string }) => error,
    );
    return { code: ended.code ?? null, out: ended.stdout ?? '', err: ended.stderr ?? '' };
  }

  /** Runs a command that must succeed, and returns what it prints. */
  async does(...words: readonly string[]): Promise<string> {
    const { code, out, err } = await this.run(...words);
    if (code !== 0) throw new Error(`${words.join(' ')}: exit code ${code}\n${out}${err}`);
    return out;
  }

  /** Waits; after the limit, throws with the end of the journal. */
  async until(what: string, limitMs: number, isSo: () => Promise<boolean>): Promise<void> {
    if (await becomesTrue(isSo, limitMs, new AbortController().signal)) return;
    const says = this.#init === '' ? this.log() : (await this.run('sh', '-c', SITUATION)).out;
    throw new Error(`Not within ${limitMs / 1000} s: ${what}\n${says}`);
  }

  /** The end of what debootstrap and systemd-nspawn said. */
  log(): string {
    const path = join(this.#folder, 'log');
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(-20).join('\n') : '';
  }

  /** The path on this computer. */
  file(path: string): string {
    return join(this.root, path);
  }

  /** Ends the machine and removes its folder. */
  async remove(): Promise<void> {
    if (this.#supervisor.exitCode !== null) return;
    const ended = once(this.#supervisor, 'exit', { signal: AbortSignal.timeout(END_LIMIT_MS) });
    this.#supervisor.stdin?.end();
    await ended;
  }

  async #say(line: string, limitMs: number): Promise<string> {
    this.#supervisor.stdin?.write(`${line}\n`);
    const late = new AbortController();
    const { promise: limit, reject } = Promise.withResolvers<never>();
    late.signal.addEventListener('abort', () => reject(new Error(`${line}: no answer\n${this.log()}`)));
    const timer = setTimeout(() => late.abort(), limitMs);
    try {
      const { value, done } = await Promise.race([this.#answers.next(), limit]);
      if (done === true) throw new Error(`The supervisor ended at: ${line}\n${this.log()}`);
      return value;
    } finally {
      clearTimeout(timer);
    }
  }
}

const SITUATION = 'systemctl --failed --plain --no-legend --no-pager; journalctl -n 40 --no-pager';
const ENVIRONMENT = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root', 'LANG=C.UTF-8'];

/** The only child of systemd-nspawn is the machine's first process. */
function initOf(nspawn: string): string {
  try {
    const children = readFileSync(`/proc/${nspawn}/task/${nspawn}/children`, 'utf8').trim();
    return /^\d+$/.test(children) ? children : '';
  } catch {
    // It has ended: the limit says so, with its log.
    return '';
  }
}
