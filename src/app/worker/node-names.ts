import type { ClusterNodes, ReadNodes } from '../../domain/cluster/worker-state.ts';
import type { Clock } from '../../ports/clock.ts';
import type { NodeList } from '../../ports/cluster.ts';

/** The ports of `NodeNames`. */
export interface NodeNamesPorts {
  readonly kubernetes: NodeList;
  readonly clock: Clock;
  /** Called when the names could not be read; the last ones then grow old. */
  readonly onError: (error: unknown) => void;
}

const READ_EVERY_MS = 60_000;

/** The names of the cluster's nodes for the bot, which cannot read Kubernetes; read apart from the heartbeats, so that none waits for Kubernetes. */
export class NodeNames {
  readonly #ports: NodeNamesPorts;
  #read: { readonly nodes: ClusterNodes; readonly at: number } | null = null;

  constructor(ports: NodeNamesPorts) {
    this.#ports = ports;
  }

  /** The names as last read, and their age; null before the first reading. */
  known(): ReadNodes | null {
    if (this.#read === null) return null;
    return { ...this.#read.nodes, ageMs: Math.round(this.#ports.clock.steadyMs() - this.#read.at) };
  }

  /** Reads the names once a minute until the signal aborts. */
  readonly run = async (signal: AbortSignal): Promise<void> => {
    const { clock, onError } = this.#ports;
    while (!signal.aborted) {
      await this.#look(signal).catch((error) => (signal.aborted ? undefined : onError(error)));
      await clock.sleep(READ_EVERY_MS, signal).catch(() => undefined);
    }
  };

  async #look(signal: AbortSignal): Promise<void> {
    const { kubernetes, clock } = this.#ports;
    const at = clock.steadyMs();
    const found = await kubernetes.nodes(signal);
    const bootstrap = found.filter(({ roles }) => roles.includes('bootstrap')).map(({ name }) => name);
    this.#read = { nodes: { names: found.map(({ name }) => name), bootstrap }, at };
  }
}
