import { SaltFailed, Unreachable } from '../../src/domain/answers/failure.ts';
import type { EngineFacts, NodeAccess } from '../../src/domain/cluster/facts.ts';
import type { Jid, SaltJob, SaltReturn, StateRun, StateRuns } from '../../src/domain/cluster/salt.ts';
import { type Command, type CommandResult, render } from '../../src/domain/node-commands/command.ts';
import type { Salt } from '../../src/ports/salt.ts';

/** A minion: its state, its answer to a state run, and the endpoints of its engine. */
export interface FakeMinion {
  up: boolean;
  answer: SaltReturn;
  endpoints: readonly string[];
}

/** A job on the fake master; a node that has neither returned nor runs the job has lost it. */
export interface FakeJob {
  readonly fun: string;
  readonly targeted: readonly string[];
  running: string[];
  returns: Record<string, SaltReturn>;
}

const OK: SaltReturn = { is: 'ok', states: 1, changed: 0 };

/** Salt in memory: minions, jobs and commands. A job runs until `finish` is called. */
export class FakeSalt implements Salt {
  readonly ran: string[] = [];
  readonly minions = new Map<string, FakeMinion>();
  readonly jobs = new Map<Jid, FakeJob>();
  readonly #runs = new Map<string, SaltReturn>();
  masterUp = true;
  /** Finishes each job at its start. */
  atOnce = false;
  #next = 20260301100000000000n;

  constructor(nodes: readonly string[], endpoints: readonly string[] = []) {
    for (const node of nodes) this.minions.set(node, { up: true, answer: OK, endpoints });
  }

  async call(access: NodeAccess, command: Command, run: StateRun, signal: AbortSignal): Promise<SaltReturn> {
    signal.throwIfAborted();
    const place = `${access.node}/${run.name}`;
    const known = run.again ? undefined : this.#runs.get(place);
    if (known !== undefined) return known;
    this.ran.push(`${access.node}$ ${render(command)}`);
    const answer = this.#answer(access.node);
    this.#runs.set(place, answer);
    return answer;
  }

  async forget(access: NodeAccess, _: Command, name: string): Promise<void> {
    this.#runs.delete(`${access.node}/${name}`);
  }

  #answer(node: string): SaltReturn {
    if (!this.masterUp) return { is: 'master-down', says: 'Unable to sign_in to master' };
    return this.minions.get(node)?.answer ?? { is: 'lost', says: 'There is no such minion.' };
  }

  async start(command: Command, signal: AbortSignal): Promise<Jid> {
    signal.throwIfAborted();
    this.ran.push(`salt-master$ ${render(command)}`);
    if (!this.masterUp) throw failed(command, { is: 'master-down', says: 'The salt master could not be contacted.' });
    const targeted = targets(command).filter((node) => this.minions.has(node));
    if (targeted.length === 0)
      throw failed(command, { is: 'error', why: 'command', says: 'No minions matched the target.' });
    const jid = String(this.#next);
    this.#next += 1n;
    const running = targeted.filter((node) => this.minions.get(node)?.up);
    this.jobs.set(jid, { fun: 'state.sls', targeted, running: [...running], returns: {} });
    if (this.atOnce) this.finish(jid);
    return jid;
  }

  /** Lets every node, or one node, return its minion's answer. */
  finish(jid: Jid, only?: string): void {
    const job = this.jobs.get(jid);
    for (const node of job?.running.filter((one) => only === undefined || one === only) ?? []) {
      const answer = this.minions.get(node)?.answer;
      if (job === undefined || answer === undefined) continue;
      job.returns[node] = answer;
      job.running = job.running.filter((one) => one !== node);
    }
  }

  async job(jid: Jid, signal: AbortSignal): Promise<SaltJob> {
    signal.throwIfAborted();
    const job = this.jobs.get(jid);
    if (job === undefined) return { jid, known: false, targeted: [], returns: {} };
    return { jid, known: true, targeted: job.targeted, returns: { ...job.returns } };
  }

  async stillRunning(jid: Jid, nodes: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    this.#throwIfAway(signal);
    return nodes.filter((node) => this.#isUp(node) && this.jobs.get(jid)?.running.includes(node));
  }

  async answering(nodes: readonly string[], signal: AbortSignal): Promise<readonly string[] | null> {
    signal.throwIfAborted();
    return this.masterUp ? nodes.filter((node) => this.#isUp(node)) : null;
  }

  async stateRuns(nodes: readonly string[], signal: AbortSignal): Promise<StateRuns | null> {
    const answered = await this.answering(nodes, signal);
    if (answered === null) return null;
    const runs = [...this.jobs]
      .map(([jid, job]) => ({ fun: job.fun, jid, nodes: answered.filter((node) => job.running.includes(node)) }))
      .filter((run) => run.fun.startsWith('state.') && run.nodes.length > 0);
    return { answered, runs };
  }

  /** The nodes have crictl only. */
  async run(node: string, command: Command, signal: AbortSignal): Promise<CommandResult> {
    this.#throwIfAway(signal);
    this.ran.push(`${node}$ ${render(command)}`);
    if (!this.#isUp(node)) return { ended: { is: 'unknown', says: 'Minion did not return.' }, stdout: '', stderr: '' };
    const isKnown = command.program === 'crictl';
    return { ended: { is: 'exit', code: isKnown ? 0 : 127 }, stdout: '', stderr: '' };
  }

  async engines(nodes: readonly string[], signal: AbortSignal): Promise<readonly EngineFacts[]> {
    this.#throwIfAway(signal);
    return nodes.map((node) => {
      const minion = this.minions.get(node);
      if (!minion?.up) return { node, is: 'silent' as const, says: `The minion of ${node} did not answer.` };
      return { node, is: 'known' as const, endpoints: minion.endpoints };
    });
  }

  #throwIfAway(signal: AbortSignal): void {
    signal.throwIfAborted();
    if (!this.masterUp) throw new Unreachable('salt-master', 'salt-master', 'The Salt master does not answer.');
  }

  #isUp(node: string): boolean {
    return this.minions.get(node)?.up === true;
  }
}

const failed = (command: Command, answer: SaltReturn) => new SaltFailed('salt-master', render(command), answer);

/** The nodes behind `-L`. */
function targets({ args }: Command): readonly string[] {
  return args[args.indexOf('-L') + 1]?.split(',') ?? [];
}
