import type { WorkerName } from '../../domain/cluster/worker-state.ts';
import type { Heartbeat } from '../../ports/cards.ts';
import type { Clock } from '../../ports/clock.ts';
import type { NodeList } from '../../ports/cluster.ts';
import { type HeartbeatPorts, sendHeartbeats } from './heartbeat.ts';
import { NodeNames } from './node-names.ts';
import { OtherWorker } from './other-worker.ts';
import { type TroublePorts, WorkerTrouble } from './worker-trouble.ts';

/** The ports of `workerHeart`. */
export interface HeartPorts extends Pick<TroublePorts, 'onTrouble'> {
  readonly life: Heartbeat;
  readonly clock: Clock;
  readonly kubernetes: NodeList;
  readonly journal: { trouble(): Promise<string | null> };
  readonly me: WorkerName;
  readonly onAsked: NonNullable<HeartbeatPorts['onAsked']>;
  readonly onHeartbeatLost: (error: unknown) => void;
  readonly onNodesUnread: (error: unknown) => void;
}

/** What a worker says about itself and its cluster, and the loops that find it out and send it. */
export function workerHeart(ports: HeartPorts) {
  const { life, clock, kubernetes, journal, me, onAsked, onTrouble, onHeartbeatLost, onNodesUnread } = ports;
  const other = new OtherWorker({ life, clock, me });
  const look = async () => (await journal.trouble()) ?? other.says();
  const trouble = new WorkerTrouble({ clock, look, onTrouble });
  const names = new NodeNames({ kubernetes, clock, onError: onNodesUnread });
  const says = async () => {
    const said = { trouble: await trouble.look(), nodes: names.known(), who: me };
    await other.look();
    return said;
  };
  const beat = (signal: AbortSignal) => sendHeartbeats({ life, clock, says, onAsked, onLost: onHeartbeatLost }, signal);
  return { trouble, loops: [beat, names.run] };
}
