import { HEARTBEAT_EVERY_MS, type WorkerSays } from '../../domain/cluster/worker-state.ts';
import type { Heartbeat } from '../../ports/cards.ts';
import type { Clock } from '../../ports/clock.ts';
import type { InspectionRequest } from '../../ports/status.ts';

/** The ports of the worker's heartbeat. */
export interface HeartbeatPorts {
  readonly life: Heartbeat;
  readonly clock: Clock;
  /** What the worker says; called before each heartbeat. */
  readonly says: () => Promise<WorkerSays>;
  /** Called with the last request for an inspection, at each heartbeat. */
  readonly onAsked?: (request: InspectionRequest) => void;
  /** Called when a heartbeat could not be sent; the cards then show that the worker is silent. */
  readonly onLost: (error: unknown) => void;
}

/** Sends a heartbeat every few seconds until the signal aborts. */
export async function sendHeartbeats(
  { life, clock, says, onAsked, onLost }: HeartbeatPorts,
  signal: AbortSignal,
): Promise<void> {
  const beat = async () => {
    const asked = await life.beat(await says());
    onAsked?.(asked);
  };
  while (!signal.aborted) {
    await beat().catch(onLost);
    await clock.sleep(HEARTBEAT_EVERY_MS, signal).catch(() => undefined);
  }
}
