import { HEARTBEAT_EVERY_MS } from '../../domain/cluster/worker-state.ts';
import type { Heartbeat } from '../../ports/cards.ts';
import type { Clock } from '../../ports/clock.ts';

/** What a worker needs to say that it is there. */
export interface HeartbeatPorts {
  readonly life: Heartbeat;
  readonly clock: Clock;
  /** Why the worker cannot work, or null; asked before each word. */
  readonly trouble: () => Promise<string | null>;
  /** Told when a beat was lost: then the cards say that the worker is silent, which is as good. */
  readonly onLost: (error: unknown) => void;
}

/** Says every few seconds that the worker is there and whether it can work, until the signal ends it. */
export async function sendHeartbeats(
  { life, clock, trouble, onLost }: HeartbeatPorts,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await life.beat(await trouble()).catch(onLost);
    await clock.sleep(HEARTBEAT_EVERY_MS, signal).catch(() => undefined);
  }
}
