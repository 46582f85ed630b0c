import { nearest } from '../src/domain/text/nearest.ts';
import type { SimulatedCluster } from './cluster/simulated-cluster.ts';
import type { LocalSlack } from './slack/local-slack.ts';

/** Faults of the local Slack; all others belong to the cluster. */
export const SLACK_FAULTS = [
  'slack-429',
  'slack-5xx',
  'slack-timeout',
  'slack-invalid-blocks',
  'slack-revoked',
  'slack-not-in-channel',
  'slack-free-plan',
  'slack-left-groups',
  'slack-goodbye',
  'slack-org-token',
  'slack-archived',
  'slack-no-files',
  'slack-events-twice',
  'slack-refresh',
] as const;

/** Turns faults of the simulated parts on and off, by name. */
export interface Faults {
  plant(name: string, args: readonly string[]): Promise<void>;
  clear(name: string): Promise<void>;
  list(): readonly string[];
}

/** Sends each fault to the part that implements it. Throws an error that shows the right usage for a wrong name or argument. */
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

export function isOfSlack(name: string): boolean {
  if (SLACK_FAULTS.some((known) => known === name)) return true;
  if (!name.startsWith('slack')) return false;
  const meant = nearest(name, SLACK_FAULTS);
  const hint = meant === null ? '' : ` Did you mean ${meant}?`;
  throw new Error(`Unknown fault ${name}.${hint} Slack faults: ${SLACK_FAULTS.join(', ')}.`);
}
