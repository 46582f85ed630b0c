import { besideEachOther } from '../../harness/trials/beside-each-other.ts';
import type { Played, PlayOptions } from '../play-disturbance.ts';
import { fleetFaults, type Interruptions } from './fleet-faults.ts';
import { judgeFleet } from './judge-fleet.ts';
import { fleetPeople } from './people.ts';
import { type Fleet, startFleet } from './start-fleet.ts';

const NAMES = ['lab-1', 'lab-2', 'lab-3', 'lab-4', 'lab-5'] as const;

/** The scenario in which all clusters work at the same time. */
export const FLEET = 'twenty-changes-on-five-clusters-with-faults-among-them';

/** Twenty changes on five clusters of one bot and one Redis, with a fault in each cluster and in the shared services. */
export async function playFleet({ pace, signal }: Pick<PlayOptions, 'pace' | 'signal'>): Promise<Played> {
  const from = performance.now();
  const seconds = () => (performance.now() - from) / 1000;
  try {
    const fleet = await startFleet({ names: NAMES, pace, signal });
    try {
      const complaints = await played(fleet, signal);
      const logs = complaints.length === 0 ? '' : await lastWords(fleet);
      return { name: FLEET, complaints, logs, left: null, seconds: seconds() };
    } finally {
      await fleet.close();
    }
  } catch (error) {
    signal.throwIfAborted();
    return {
      name: FLEET,
      complaints: [`the scenario failed to run: ${String(error)}`],
      left: null,
      logs: '',
      seconds: seconds(),
    };
  }
}

async function played(fleet: Fleet, signal: AbortSignal): Promise<readonly string[]> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const interruptions: Interruptions = new Map();
  try {
    await besideEachOther(over, fleetPeople(fleet, either), fleetFaults(fleet, interruptions, either));
  } catch (error) {
    signal.throwIfAborted();
    return [error instanceof Error ? error.message : String(error)];
  }
  return await judgeFleet(fleet, interruptions, signal);
}

async function lastWords({ bot, members }: Fleet): Promise<string> {
  const workers = await Promise.all(
    members.map(async ({ name, worker, journal }) => {
      const events = journal
        .changeLines()
        .map(({ change, event }) => `${event.at} ${change} ${event.type} ${'step' in event ? event.step : ''}`);
      return [`journal of ${name}:`, ...events, `worker of ${name}:`, await worker.lastLines()];
    }),
  );
  return [...workers.flat(), 'bot:', await bot.lastLines()].join('\n');
}
