import { CommandFailed, isOfTheCluster, Unreachable } from '../../domain/answers/failure.ts';
import { secondsInWords } from '../../domain/text/format.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Kubernetes, Registries } from '../../ports/cluster.ts';
import type { TargetNodes } from '../../ports/nodes.ts';
import type { Salt } from '../../ports/salt.ts';

/** Ports whose read-only calls can be retried. */
export interface LookingPorts {
  readonly kubernetes: Kubernetes;
  readonly salt: Salt;
  readonly targets: TargetNodes;
  readonly registries: Registries;
}

/** How long to retry, and where to report the wait. */
export interface RetryLimits {
  readonly clock: Clock;
  readonly limitMs: number;
  readonly onWait: (says: string) => void;
}

/** Pauses before retries: short at first, and in sum longer than a restart of the API server, the Salt master or sshd. */
const PAUSES_MS = [1_000, 2_000, 4_000, 8_000, 15_000];

/** The ports with retries of read-only calls, so that an API server’s restart stops no change. Calls that change something are not retried. */
export function retryingPorts<P extends LookingPorts>(ports: P, patience: RetryLimits): P {
  const { kubernetes, salt, targets, registries } = ports;
  const again = <R>(signal: AbortSignal, ask: () => Promise<R>): Promise<R> => askAgain(ask, signal, patience);
  return {
    ...ports,
    kubernetes: {
      look: (signal) => again(signal, () => kubernetes.look(signal)),
      endpoints: (signal) => again(signal, () => kubernetes.endpoints(signal)),
    },
    registries: {
      manifest: (address, image, signal) => again(signal, () => registries.manifest(address, image, signal)),
      blob: (address, image, blob, onBytes, signal) =>
        again(signal, () => registries.blob(address, image, blob, onBytes, signal)),
    },
    targets: {
      look: (access, want, signal) => again(signal, () => targets.look(access, want, signal)),
      hasFile: (access, file, signal) => again(signal, () => targets.hasFile(access, file, signal)),
      present: (access, paths, signal) => again(signal, () => targets.present(access, paths, signal)),
      mounts: (access, paths, signal) => again(signal, () => targets.mounts(access, paths, signal)),
      machine: (access, signal) => again(signal, () => targets.machine(access, signal)),
      registryConfig: (access, signal) => again(signal, () => targets.registryConfig(access, signal)),
    },
    salt: {
      call: (access, command, run, signal) => salt.call(access, command, run, signal),
      forget: (access, command, name, signal) => salt.forget(access, command, name, signal),
      start: (command, signal) => salt.start(command, signal),
      job: (jid, signal) => salt.job(jid, signal),
      stillRunning: (jid, nodes, signal) => salt.stillRunning(jid, nodes, signal),
      run: (node, command, signal) => salt.run(node, command, signal),
      answering: (nodes, signal) => again(signal, () => salt.answering(nodes, signal)),
      stateRuns: (nodes, signal) => again(signal, () => salt.stateRuns(nodes, signal)),
      engines: (nodes, signal) => again(signal, () => salt.engines(nodes, signal)),
    },
  };
}

/** Faults that may pass by themselves, unlike a wrong key. A timeout may, too, if the node is under load. */
const TRANSIENT: ReadonlySet<Unreachable['fault']> = new Set(['unreachable', 'kubernetes', 'registry', 'salt-master']);

const isPassing = (error: unknown): error is Unreachable | CommandFailed =>
  isOfTheCluster(error) &&
  ((error instanceof Unreachable && TRANSIENT.has(error.fault)) ||
    (error instanceof CommandFailed && error.result.ended.is === 'timeout'));

const inOneSentence = (error: Unreachable | CommandFailed): string =>
  error instanceof Unreachable ? error.says : `${error.node}: ${error.report().what}`;

async function askAgain<R>(
  ask: () => Promise<R>,
  signal: AbortSignal,
  { clock, limitMs, onWait }: RetryLimits,
): Promise<R> {
  const until = clock.steadyMs() + limitMs;
  for (let tries = 0; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      const pause = PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)] ?? 0;
      if (!isPassing(error) || signal.aborted || clock.steadyMs() + pause > until) throw error;
      onWait(`${inOneSentence(error)} Retrying for at most ${secondsInWords((until - clock.steadyMs()) / 1000)}.`);
      await clock.sleep(pause, signal);
    }
  }
}
