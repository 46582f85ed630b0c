import { good, unknown, type Verdict, wrong } from '../../domain/answers/verdict.ts';
import { isHeard, workerState } from '../../domain/cluster/worker-state.ts';
import { secondsInWords, utc } from '../../domain/text/format.ts';
import type { Heartbeat } from '../../ports/cards.ts';
import { type Check, check, type Room, shared } from './check.ts';

export interface WorkersPorts {
  readonly clusters: ReadonlyMap<string, Pick<Heartbeat, 'seen'>>;
  /** The version of this program. */
  readonly version: string;
  /** The name of the bot's key. */
  readonly ownKey: () => Promise<string>;
}

/** The running worker beside the program that is installed here. */
export const runningRoom = (seen: () => ReturnType<Heartbeat['seen']>, version: string): Room => ({
  name: 'versions',
  checks: async () => [
    check('running worker', seen, (beat) => {
      if (!isHeard(beat) || beat.about === undefined || beat.about === null) return unknown(NOT_SAID);
      if (beat.about.version === version) return good(`${version}, as installed here`);
      return wrong(
        `The running worker is ${beat.about.version}, and ${version} is installed here.`,
        'Run `systemctl restart registry-ha-worker`: it resumes a change at the same step.',
      );
    }),
  ],
});

/** The worker of each cluster, as the bot sees it. */
export const workersRoom = (ports: WorkersPorts): Room => ({
  name: 'workers',
  checks: async () => [...ports.clusters].flatMap(([cluster, life]) => checksOf(cluster, life, ports)),
});

type Seen = Awaited<ReturnType<Heartbeat['seen']>>;

function checksOf(cluster: string, life: Pick<Heartbeat, 'seen'>, { version, ownKey }: WorkersPorts): readonly Check[] {
  const look = shared(() => life.seen());
  return [
    check(`${cluster} heartbeat`, look, (seen) => heartbeat(cluster, seen)),
    check(`${cluster} version`, look, (seen) => versionVerdict(seen, version)),
    check(
      `${cluster} trusts this bot`,
      async (signal) => ({ seen: await look(signal), key: await ownKey() }),
      (both) => trust(cluster, both.seen, both.key),
    ),
    check(`${cluster} clock`, look, (seen) => clock(cluster, seen)),
  ];
}

function heartbeat(cluster: string, seen: Seen): Verdict {
  const state = workerState(seen);
  const fix = `On the bootstrap node of ${cluster}, run \`registry-ha doctor worker\`.`;
  switch (state.is) {
    case 'there':
      return good(`Heard from ${isHeard(seen) ? (seen.who?.name ?? 'the worker') : 'the worker'}`);
    case 'hindered':
      return wrong(`The worker of ${cluster} runs, but cannot work: ${state.says}`, fix);
    case 'unverified':
      return wrong(
        `The last heartbeat of ${cluster} is not signed by a key that this bot trusts.`,
        `Copy worker.pub of its bootstrap node to the bot’s folder of keys for ${cluster}, then restart the bot.`,
      );
    case 'newer':
      return unknown(`A newer version of the worker of ${cluster} wrote its heartbeat. Update this bot.`);
    case 'silent': {
      const since = state.since === null ? 'has never sent a heartbeat' : `is silent since ${utc(state.since)}`;
      return wrong(`The worker of ${cluster} ${since}.`, fix);
    }
  }
}

const NOT_SAID = 'The worker did not say. It is older than this check, or was not heard.';

/** The versions of both sides. Each reads what the other writes, so a difference is no fault by itself. */
function versionVerdict(seen: Seen, own: string): Verdict {
  if (!isHeard(seen) || seen.about === undefined || seen.about === null) return unknown(NOT_SAID);
  const { version } = seen.about;
  return good(version === own ? `${own}, as here` : `Worker ${version}, bot ${own}`);
}

function trust(cluster: string, seen: Seen, key: string): Verdict {
  if (!isHeard(seen) || seen.about === undefined || seen.about === null) return unknown(NOT_SAID);
  if (seen.about.trusts.includes(key)) return good(`The worker accepts approvals signed with ${key}`);
  return wrong(
    `The worker of ${cluster} does not trust this bot’s key ${key}.`,
    'Copy approval.pub to a path in its `trustedKeys`, then restart the worker.',
  );
}

/** Both clocks less Redis': the bot's own is checked with Redis. */
function clock(cluster: string, seen: Seen): Verdict {
  if (!isHeard(seen) || seen.workerAheadMs === null) return unknown(NOT_SAID);
  const ms = seen.workerAheadMs;
  if (Math.abs(ms) <= 30_000) return good('Differs from Redis’ clock by less than 30 s');
  return wrong(
    `The clock of the worker of ${cluster} is ${secondsInWords(Math.abs(ms) / 1000)} ${ms > 0 ? 'ahead of' : 'behind'} Redis’ clock.`,
    'Set the clock of the bootstrap node (`chronyc makestep`).',
  );
}
