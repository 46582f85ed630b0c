import type { Client } from 'ssh2';
import type { HostKey, NodeAccess, NodeKey } from '../../../domain/cluster/facts.ts';
import { type Command, type CommandResult, render } from '../../../domain/node-commands/command.ts';
import { serialQueue } from '../../../flow/serial-queue.ts';
import type { NodeRun, NodeShell, RunLimits } from '../../../ports/nodes.ts';
import { algorithmsFor } from '../login/algorithms.ts';
import { logIn, shownKey } from '../login/connection.ts';
import { faultOf, keyInBlob, pinKeys, readKnownHosts } from '../login/host-keys.ts';
import { keyPathOf, readPrivateKey } from '../login/key-file.ts';
import { findKnownKeys, fingerprintOf, isHostName, standingOf } from '../login/known-hosts.ts';
import { hostUnfit, notReached } from '../login/words.ts';
import { type ChannelRun, NotSent, type Outcome, runOnChannel } from './channel.ts';
import { ConnectionPool, type Loan } from './pool.ts';

/** Options of the shell. */
export interface SshShellOptions {
  /** The worker's file of pinned host keys, in OpenSSH's format. */
  readonly knownHostsPath: string;
  /** Prefix of every private key's path: the root of the cluster's paths. */
  readonly root?: string;
  /** Logs connection faults with a fixed text and fields. */
  readonly log?: (text: string, fields: Readonly<Record<string, string | number>>) => void;
}

/** Runs commands over SSH, with one pooled connection per node and host keys checked against the worker's file. */
export function sshShell(options: SshShellOptions): NodeShell {
  return new SshShell(options);
}

class SshShell implements NodeShell {
  readonly #file: string;
  readonly #root: string;
  readonly #log: NonNullable<SshShellOptions['log']>;
  readonly #pool = new ConnectionPool();
  readonly #pinInTurn = serialQueue();

  constructor({ knownHostsPath, root = '', log = () => undefined }: SshShellOptions) {
    this.#file = knownHostsPath;
    this.#root = root;
    this.#log = log;
  }

  async run(access: NodeAccess, command: Command, options: NodeRun): Promise<CommandResult> {
    const deadline = AbortSignal.timeout(Math.ceil(options.limitMs));
    const attempt = () => this.#runOnce(access, render(command), { ...options, deadline });
    try {
      return await attempt().catch((error: unknown) => {
        // A pooled connection may be dead. The command was not sent, so retry it on a new connection.
        if (error instanceof NotSent) return attempt();
        throw error;
      });
    } catch (error) {
      options.signal.throwIfAborted();
      if (error === deadline.reason) throw notReached(access, `no answer within ${options.limitMs / 1000} s`, error);
      throw error instanceof NotSent ? notReached(access, error.message, error) : error;
    }
  }

  async hostKey(access: NodeAccess, { signal, limitMs }: RunLimits): Promise<HostKey> {
    signal.throwIfAborted();
    if (!isHostName(access.host)) throw hostUnfit(access);
    const lines = await readKnownHosts(this.#file);
    const deadline = AbortSignal.timeout(Math.ceil(limitMs));
    const algorithms = algorithmsFor(findKnownKeys(lines, access));
    const blob = await shownKey(access, algorithms, AbortSignal.any([signal, deadline])).catch((error: unknown) => {
      if (error === deadline.reason) throw notReached(access, `no host key within ${limitMs / 1000} s`, error);
      throw error;
    });
    const { host, port } = access;
    const shown = keyInBlob(blob);
    const pinned = standingOf(lines, access, shown).is === 'pinned';
    const key: HostKey = { host, port, ...shown, fingerprint: fingerprintOf(shown.key), pinned };
    const fault = faultOf(lines, access, shown, { file: this.#file, trust: key });
    if (fault !== null) throw fault;
    return key;
  }

  /** In sequence, because all calls write the same file; only the worker writes it. */
  pin(keys: readonly NodeKey[]): Promise<void> {
    return this.#pinInTurn(() => pinKeys(this.#file, keys));
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #runOnce(access: NodeAccess, line: string, run: ChannelRun): Promise<CommandResult> {
    run.signal.throwIfAborted();
    const loan = await this.#borrow(access, run);
    let outcome: Outcome | undefined;
    try {
      outcome = await runOnChannel(loan.client, line, run);
      return outcome.result;
    } finally {
      loan.release({ retire: outcome?.clean !== true });
    }
  }

  async #borrow(access: NodeAccess, run: ChannelRun): Promise<Loan> {
    // A connection opened on trust serves only runs that trust the same key; one for a node with pinned keys, only that node.
    const name = [access.node, access.host, access.port, access.user, access.keyPath, run.trust?.key ?? ''].join('\n');
    const asked = this.#pool.borrow(name, (closing) => this.#dial(access, run.trust, closing));
    return unlessAborted(asked, AbortSignal.any([run.signal, run.deadline]), (late) => late.release({ retire: false }));
  }

  async #dial(access: NodeAccess, trust: HostKey | undefined, signal: AbortSignal): Promise<Client> {
    if (!isHostName(access.host)) throw hostUnfit(access);
    const [privateKey, lines] = await Promise.all([readPrivateKey(this.#root, access), readKnownHosts(this.#file)]);
    const dial = {
      algorithms: algorithmsFor(trust === undefined ? findKnownKeys(lines, access) : [trust]),
      judge: (blob: Buffer) => faultOf(lines, access, keyInBlob(blob), { file: this.#file, trust }),
      keyPath: keyPathOf(this.#root, access),
      privateKey,
      signal,
    };
    return logIn(access, dial, (error) =>
      this.#log('SSH connection fault', {
        node: access.node,
        host: access.host,
        port: access.port,
        error: error.message,
      }),
    );
  }
}

/** The promise, or the signal's reason if that comes first; `late` gets a value that comes too late. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal, late: (value: T) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = () => reject(signal.reason);
    if (signal.aborted) aborted();
    signal.addEventListener('abort', aborted, { once: true });
    work
      .finally(() => signal.removeEventListener('abort', aborted))
      .then((value) => (signal.aborted ? late(value) : resolve(value)), reject);
  });
}
