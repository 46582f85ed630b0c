import { Unreachable } from '../../src/domain/answers/failure.ts';
import type { EndpointsFacts, KubeFacts, NodeFacts } from '../../src/domain/cluster/facts.ts';
import { type Command, type CommandResult, render } from '../../src/domain/node-commands/command.ts';
import type { Kubernetes, NodeList, SaltMasterPod } from '../../src/ports/cluster.ts';
import type { RunLimits } from '../../src/ports/nodes.ts';

/** A Kubernetes API in memory with given facts; it can go down. */
export class FakeKubernetes implements Kubernetes, NodeList {
  facts: KubeFacts;
  down = false;

  constructor(facts: KubeFacts) {
    this.facts = facts;
  }

  async look(signal: AbortSignal): Promise<KubeFacts> {
    signal.throwIfAborted();
    if (this.down) throw new Unreachable('the Kubernetes API', 'kubernetes', 'The API server is switched off.');
    return this.facts;
  }

  async nodes(signal: AbortSignal): Promise<readonly NodeFacts[]> {
    return (await this.look(signal)).nodes;
  }

  async endpoints(signal: AbortSignal): Promise<EndpointsFacts> {
    return (await this.look(signal)).endpoints;
  }
}

/** The end of a command in the salt-master container; `never` is a session that hangs. */
export type PodAnswer = CommandResult | 'never' | 'no-session';

/** A salt-master container in memory: records command lines, and answers as configured. */
export class FakeSaltMasterPod implements SaltMasterPod {
  readonly ran: string[] = [];
  readonly #answer: (line: string, command: Command) => PodAnswer;

  constructor(answer: (line: string, command: Command) => PodAnswer) {
    this.#answer = answer;
  }

  async run(command: Command, limits: RunLimits): Promise<CommandResult> {
    limits.signal.throwIfAborted();
    const line = render(command);
    this.ran.push(line);
    const answer = this.#answer(line, command);
    if (answer === 'no-session')
      throw new Unreachable('salt-master-bootstrap', 'salt-master', 'No session came about.');
    return answer === 'never' ? await hangingUntil(limits) : answer;
  }
}

function hangingUntil({ signal, limitMs }: RunLimits): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => resolve({ ended: { is: 'timeout', afterMs: limitMs }, stdout: '', stderr: '' }),
      limitMs,
    );
    signal.addEventListener('abort', () => {
      clearTimeout(late);
      reject(signal.reason);
    });
  });
}
