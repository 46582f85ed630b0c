import { nearest } from '../src/domain/text/nearest.ts';
import type { SimulatedCluster } from './cluster/simulated-cluster.ts';
import type { LocalSlack } from './slack/local-slack.ts';

/** Faults of the local Slack; all others are the cluster's. */
export const SLACK_FAULTS = [
  'slack-429',
  'slack-5xx',
  'slack-timeout',
  'slack-invalid-blocks',
  'slack-revoked',
  'slack-not-in-channel',
  'slack-free-plan',
  'slack-left-groups',
  'slack-refresh',
] as const;

/** Plants faults in the simulated parts, each by its name. */
export interface Faults {
  plant(name: string, args: readonly string[]): Promise<void>;
  clear(name: string): Promise<void>;
  list(): readonly string[];
}

/** Sends each fault to the part that knows it; a wrong name or argument throws a sentence that says how it goes. */
export function faultsOf(
  slack: LocalSlack,
  cluster: Pick<SimulatedCluster, 'fault' | 'clearFault' | 'faults'>,
): Faults {
  return {
    async plant(name, args) {
      if (isOfSlack(name)) slack.fault(name, args);
      else await cluster.fault(name, args);
    },
    async clear(name) {
      if (isOfSlack(name)) slack.clearFault(name);
      else await cluster.clearFault(name);
    },
    list: () => [...cluster.faults(), ...slack.faults()],
  };
}

function isOfSlack(name: string): boolean {
  if (SLACK_FAULTS.some((known) => known === name)) return true;
  if (!name.startsWith('slack')) return false;
  const meant = nearest(name, SLACK_FAULTS);
  const hint = meant === null ? '' : ` Did you mean ${meant}?`;
  throw new Error(`There is no fault named ${name}.${hint} Slack has: ${SLACK_FAULTS.join(', ')}.`);
}
