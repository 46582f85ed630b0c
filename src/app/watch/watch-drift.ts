import { isOfTheCluster } from '../../domain/answers/failure.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Kubernetes, ListedArchives } from '../../ports/cluster.ts';
import { untilAborted } from './inspect-all.ts';

/** The ports of `watchDrift`. */
export interface DriftPorts {
  readonly bootstrap: ListedArchives;
  readonly kubernetes: Pick<Kubernetes, 'endpoints'>;
  readonly clock: Clock;
  /** Called when the files or the Endpoints are not what they were. */
  readonly onDrift: () => void;
  /** Called for an error that is no failure of the cluster. */
  readonly onUnexpected: (error: unknown) => void;
}

/** Two small files and one request to Kubernetes. */
const LOOK_EVERY_MS = 20_000;
/** After a drift, so that a registry which comes and goes does not have the whole cluster inspected all the time. */
const QUIET_MS = 40_000;

/** Parts by name, as text; a part that could not be read is left out. */
type Seen = ReadonlyMap<string, string>;

/**
 * Looks every 20 s whether bootstrap.yaml, solutions.yaml or the Endpoints of the registries have changed, until the signal aborts.
 * A whole inspection then says what that means. What cannot be read for a while is compared with what it was before.
 */
export async function watchDrift(ports: DriftPorts, signal: AbortSignal): Promise<void> {
  const { clock, onDrift } = ports;
  let before: Seen = new Map();
  while (!signal.aborted) {
    const now = await look(ports, signal);
    const isDrift = [...now].some(([part, text]) => before.has(part) && before.get(part) !== text);
    before = new Map([...before, ...now]);
    if (isDrift) onDrift();
    await clock.sleep(isDrift ? QUIET_MS : LOOK_EVERY_MS, signal).catch(() => undefined);
  }
}

async function look(ports: DriftPorts, signal: AbortSignal): Promise<Seen> {
  const { bootstrap, kubernetes } = ports;
  const parts = await Promise.all([
    part('files', () => bootstrap.listed(signal), ports, signal),
    part('endpoints', async () => (await kubernetes.endpoints(signal)).ready.toSorted().join(' '), ports, signal),
  ]);
  return new Map(parts.flatMap((each) => (each === null ? [] : [each])));
}

/** Null if the part could not be read. The request to Kubernetes has its own limit. */
async function part(
  name: string,
  read: () => Promise<string>,
  { onUnexpected }: DriftPorts,
  signal: AbortSignal,
): Promise<readonly [string, string] | null> {
  try {
    return [name, await untilAborted(read, signal)];
  } catch (error) {
    if (!signal.aborted && !isOfTheCluster(error)) onUnexpected(error);
    return null;
  }
}
