import { HEARTBEAT_EVERY_MS } from '../../domain/cluster/worker-state.ts';
import type { Heartbeat } from '../../ports/cards.ts';
import type { Clock } from '../../ports/clock.ts';

/** The ports of the worker's heartbeat. */
export interface HeartbeatPorts {
  readonly life: Heartbeat;
  readonly clock: Clock;
  /** Why the worker cannot work, or null; called before each heartbeat. */
  readonly trouble: () => Promise<string | null>;
  /** Called when a heartbeat could not be sent; the cards then show that the worker is silent. */
  readonly onLost: (error: unknown) => void;
}

/** Sends a heartbeat every few seconds, with any trouble, until the signal aborts. */
export async function sendHeartbeats(
  { life, clock, trouble, onLost }: HeartbeatPorts,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await life.beat(await trouble()).catch(onLost);
    await clock.sleep(HEARTBEAT_EVERY_MS, signal).catch(() => undefined);
  }
}
