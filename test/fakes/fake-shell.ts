import { createHash } from 'node:crypto';
import { Unreachable } from '../../src/domain/answers/failure.ts';
import type { HostKey, NodeAccess, NodeKey, SshFault } from '../../src/domain/cluster/facts.ts';
import { type Command, type CommandResult, render } from '../../src/domain/node-commands/command.ts';
import { exit } from '../../src/domain/node-commands/ended.ts';
import { GATHER_SCRIPT } from '../../src/domain/node-commands/look-commands.ts';
import type { NodeRun, NodeShell, RunLimits } from '../../src/ports/nodes.ts';

/** The answer to a command: a result (default: exit code 0, no output), a function of its input, or never. */
export type ShellAnswer = Partial<CommandResult> | ((stdin: Buffer) => Partial<CommandResult>) | 'never';

/** A NodeShell in memory: answers by `<node>$ <command line>`, and records commands. */
export class FakeShell implements NodeShell {
  /** `<node>$ <command line>` of every command, in order. */
  readonly ran: string[] = [];
  readonly #answers: Map<string, ShellAnswer>;
  readonly #faults = new Map<string, Unreachable>();
  readonly #shown = new Map<string, string>();
  readonly #pinned = new Map<string, string>();
  #closed = false;

  constructor(answers: Readonly<Record<string, ShellAnswer>> = {}) {
    this.#answers = new Map(Object.entries(answers));
  }

  answer(line: string, answer: ShellAnswer): void {
    this.#answers.set(line, answer);
  }

  /** Makes the node unusable. */
  fail(node: string, fault: SshFault, says: string): void {
    this.#faults.set(node, new Unreachable(node, fault, says));
  }

  /** Changes the node's host key. */
  showKey(access: NodeAccess, name: string): void {
    this.#shown.set(placeOf(access), keyNamed(name));
  }

  async run(access: NodeAccess, command: Command, options: NodeRun): Promise<CommandResult> {
    if (this.#closed) throw new Error('The shell is closed.');
    options.signal.throwIfAborted();
    this.#reach(access, options.trust);
    const gathered = this.#gathered(access.node, command);
    if (gathered !== null) return gathered;
    const line = `${access.node}$ ${render(command)}`;
    this.ran.push(line);
    const answer = this.#answers.get(line);
    if (answer === undefined) throw new Error(`No answer was given for: ${line}`);
    if (answer === 'never') return tooLateAfter(options);
    const stdin = await read(options.stdin);
    const said = typeof answer === 'function' ? answer(stdin) : answer;
    return { ended: exit(0), stdout: '', stderr: '', ...said };
  }

  /** Runs several looks as one: each as if it were sent alone. One that does not end by itself ends them all. Null for other commands. */
  #gathered(node: string, command: Command): CommandResult | null {
    const words = [command.program, ...command.args];
    const at = words.indexOf(GATHER_SCRIPT);
    if (at < 0) return null;
    const prefix = words[0] === 'sudo' ? 'sudo -n ' : '';
    const lines = words.slice(at + 2).map((line) => `${node}$ ${prefix}${line}`);
    const answers = lines.map((line) => this.#answers.get(line) ?? UNKNOWN);
    if (answers.some((one) => typeof one !== 'object' || (one.ended !== undefined && one.ended.is !== 'exit')))
      return { ended: exit(1), stdout: '', stderr: 'a look did not end' };
    this.ran.push(...lines.filter((line) => this.#answers.has(line)));
    const said = answers.map((one) => {
      const { ended = exit(0), stdout = '', stderr = '' } = typeof one === 'object' ? one : UNKNOWN;
      return `${ended.is === 'exit' ? ended.code : 1}\0${stdout.replaceAll('\0', '')}\0${stderr}\0`;
    });
    return { ended: exit(0), stdout: said.join(''), stderr: '' };
  }

  async hostKey(access: NodeAccess, { signal }: RunLimits): Promise<HostKey> {
    signal.throwIfAborted();
    const fault = this.#faults.get(access.node);
    if (fault !== undefined) throw fault;
    const key = this.#keyOf(access);
    const pinned = this.#pinned.get(nodeAt(access));
    if (pinned !== undefined && pinned !== key) throw changed(access.node);
    const { host, port } = access;
    return { host, port, algorithm: 'ssh-ed25519', key, fingerprint: fingerprintOf(key), pinned: pinned === key };
  }

  async pin(keys: readonly NodeKey[]): Promise<void> {
    for (const { node, key } of keys) {
      const pinned = this.#pinned.get(nodeAt({ node, ...key }));
      if (pinned !== undefined && pinned !== key.key) throw changed(node);
    }
    for (const { node, key } of keys) this.#pinned.set(nodeAt({ node, ...key }), key.key);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #reach(access: NodeAccess, trust: HostKey | undefined): void {
    const fault = this.#faults.get(access.node);
    if (fault !== undefined) throw fault;
    const pinned = this.#pinned.get(nodeAt(access));
    if ((pinned ?? trust?.key) !== this.#keyOf(access)) throw changed(access.node);
  }

  #keyOf(access: NodeAccess): string {
    return this.#shown.get(placeOf(access)) ?? keyNamed(placeOf(access));
  }
}

/** As a shell answers for a program that is not there. */
const UNKNOWN: Partial<CommandResult> = { ended: exit(127), stderr: 'No answer was given.' };

const placeOf = ({ host, port }: { host: string; port: number }): string => `${host}:${port}`;

const nodeAt = (at: { node: string; host: string; port: number }): string => `${at.node} ${placeOf(at)}`;

const keyNamed = (name: string): string => createHash('sha256').update(name).digest('base64');

const fingerprintOf = (key: string): string =>
  `SHA256:${createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64').replace(/=+$/, '')}`;

const changed = (where: string): Unreachable =>
  new Unreachable(where, 'host-key-changed', `${where} shows an SSH host key that is not the pinned one.`);

async function read(stdin: AsyncIterable<Uint8Array> | undefined): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stdin ?? []) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function tooLateAfter({ signal, limitMs }: RunLimits): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => resolve({ ended: { is: 'timeout', afterMs: limitMs }, stdout: '', stderr: '' }),
      limitMs,
    );
    const aborted = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    signal.addEventListener('abort', aborted, { once: true });
  });
}
