import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Change, ChangeState } from '../../domain/change/change.ts';
import { approvalsNeeded } from '../../domain/change/votes.ts';
import type { WorkerState } from '../../domain/cluster/worker-state.ts';
import type { Clock } from '../../ports/clock.ts';

/** The states of a change that has not ended. A failed one waits for a person. */
const OPEN: readonly ChangeState[] = ['requested', 'planned', 'approved', 'applying', 'failed'];
/** Those in which the worker is wanted, and has not begun. */
const WAITING: readonly ChangeState[] = ['requested', 'approved'];

/** Seconds; a card is edited every three seconds at most, and Slack's limits may delay it for a minute. */
const CARD_LAGS = [0.5, 1, 2, 4, 8, 15, 30, 60, 120];
const CALL_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];

/** Adds the bot's metrics. */
export function botMetrics(register: Registry, clock: Pick<Clock, 'steadyMs'>) {
  const { onOpen, onGone } = changeMetrics(register);
  const calls = slackMetrics(register);
  const { onWorker, onGone: onWorkerGone } = workerMetrics(register, clock);
  const inForce = new Gauge({
    name: 'registry_ha_configuration_in_force',
    help: 'Whether the files of clusters and policy are in force: 1, or 0 while the bot refuses them and continues with those before.',
    registers: [register],
  });
  inForce.set(1);
  return {
    ...calls,
    ...tokenMetrics(register),
    onOpen,
    onWorker,
    /** The files were read again. What is known of removed clusters is no longer shown, because it would stay for ever. */
    onRead(isInForce: boolean, removed: readonly string[]): void {
      inForce.set(isInForce ? 1 : 0);
      for (const gone of [onGone, onWorkerGone]) removed.forEach(gone);
    },
  };
}

function changeMetrics(register: Registry) {
  const registers = [register];
  const open = new Gauge({
    name: 'registry_ha_open_changes',
    help: 'Changes that have not ended, by state; planned ones wait for people, requested and approved ones for the worker.',
    labelNames: ['cluster', 'state'] as const,
    registers,
  });
  const oldest = new Gauge({
    name: 'registry_ha_oldest_waiting_seconds',
    help: 'How long the oldest change has waited for the worker; 0 if none waits.',
    labelNames: ['cluster'] as const,
    registers,
  });
  const wanted = new Gauge({
    name: 'registry_ha_approvals_wanted',
    help: 'Approvals that planned changes still need: one that needs two and has one counts one.',
    labelNames: ['cluster'] as const,
    registers,
  });
  return {
    /** Call it with the open changes of a cluster, whenever they are read; `at`: by the clock that writes their records. */
    onOpen(cluster: string, changes: readonly Change[], at: Date): void {
      for (const state of OPEN) open.set({ cluster, state }, changes.filter((one) => one.state === state).length);
      const since = changes.filter(({ state }) => WAITING.includes(state)).map(waitingSince);
      wanted.set(
        { cluster },
        changes.map(approvalsWanted).reduce((sum, some) => sum + some, 0),
      );
      oldest.set({ cluster }, since.length === 0 ? 0 : (at.getTime() - Math.min(...since)) / 1000);
    },
    onGone(cluster: string): void {
      for (const state of OPEN) open.remove({ cluster, state });
      oldest.remove({ cluster });
      wanted.remove({ cluster });
    },
  };
}

/** At least one: a change with all of them would be approved. */
const approvalsWanted = (change: Change): number =>
  change.state === 'planned' ? Math.max(1, approvalsNeeded(change) - change.votes.length) : 0;

/** Not before its maintenance window opens. */
function waitingSince({ state, approval, requestedAt }: Change): number {
  const { at, notBefore } = approval?.approval ?? {};
  return Date.parse((state === 'approved' ? (notBefore ?? at) : undefined) ?? requestedAt);
}

function slackMetrics(register: Registry) {
  const registers = [register];
  const labelNames = ['call', 'end'] as const;
  const calls = new Counter({ name: 'registry_ha_slack_calls_total', help: HELP_CALLS, labelNames, registers });
  const seconds = new Histogram({
    name: 'registry_ha_slack_call_seconds',
    help: 'Seconds that a call to Slack took, with tries and waits for its limits.',
    labelNames: ['call'] as const,
    buckets: CALL_SECONDS,
    registers,
  });
  const lag = new Histogram({
    name: 'registry_ha_card_lag_seconds',
    help: 'Seconds from the news of a change to the drawn card and its replies.',
    buckets: CARD_LAGS,
    registers,
  });
  return {
    onCall(call: string, end: string, ms: number): void {
      calls.inc({ call, end });
      seconds.observe({ call }, ms / 1000);
    },
    onDrawn: (ms: number): void => lag.observe(ms / 1000),
  };
}

function tokenMetrics(register: Registry) {
  const shared = new Gauge({
    name: 'registry_ha_app_token_shared',
    help: 'Whether other bots use the app token of Slack: 1 or 0, and NaN while that is unknown.',
    registers: [register],
  });
  shared.set(Number.NaN);
  return { onShared: (isShared: boolean): void => shared.set(isShared ? 1 : 0) };
}

const HELP_CALLS = 'Calls to Slack by how they ended: ok, rate-limited, unavailable, refused and others.';

/** With 1,000 clusters, the bot looks at each within two minutes. An older look says nothing about now. */
const LOOK_COUNTS_MS = 300_000;

interface Look {
  readonly state: WorkerState;
  /** Null if there is no heartbeat that counts. */
  readonly silentMs: number | null;
}

function workerMetrics(register: Registry, clock: Pick<Clock, 'steadyMs'>) {
  const registers = [register];
  const there = new Gauge({
    name: 'registry_ha_worker_there',
    help: 'Whether the worker of a cluster reports as it should: 1, or 0.',
    labelNames: ['cluster'] as const,
    registers,
  });
  const looks = new Map<string, { readonly silentMs: number; readonly at: number }>();
  new Gauge({
    name: 'registry_ha_heartbeat_age_seconds',
    help: 'Age of the last heartbeat of a cluster’s worker when the bot last looked; NaN without one, or if that was long ago.',
    labelNames: ['cluster'] as const,
    registers,
    collect() {
      this.reset();
      for (const [cluster, { silentMs, at }] of looks)
        this.set({ cluster }, clock.steadyMs() - at > LOOK_COUNTS_MS ? Number.NaN : silentMs / 1000);
    },
  });
  return {
    onWorker(cluster: string, { state, silentMs }: Look): void {
      there.set({ cluster }, state.is === 'there' ? 1 : 0);
      looks.set(cluster, { silentMs: silentMs ?? Number.NaN, at: clock.steadyMs() });
    },
    onGone(cluster: string): void {
      there.remove({ cluster });
      looks.delete(cluster);
    },
  };
}
