import { expect, test } from 'vitest';
import type { SimulatedCluster } from '../../sandbox/cluster/simulated-cluster.ts';
import { faultsOf, SLACK_FAULTS } from '../../sandbox/faults.ts';
import { startSlack } from './slack/slack-for-tests.ts';

/** A cluster that notes which faults it is asked for; the rest of it is never used here. */
function notingCluster(noted: string[]): Pick<SimulatedCluster, 'fault' | 'clearFault' | 'faults'> {
  return {
    fault: async (name, args) => void noted.push([name, ...args].join(' ')),
    clearFault: async (name) => void noted.push(`clear ${name}`),
    faults: () => noted,
  };
}

test('each fault goes to the part that knows it; a misspelt one of Slack’s is told with what was meant', async () => {
  const slack = await startSlack();
  const noted: string[] = [];
  const faults = faultsOf(slack, notingCluster(noted));
  try {
    for (const name of SLACK_FAULTS) await faults.plant(name, name === 'slack-invalid-blocks' ? ['plan'] : []);
    for (const name of SLACK_FAULTS) await faults.clear(name);
    await faults.plant('slack-5xx', ['chat.update']);
    await faults.plant('ssh-cut', ['node-2', '100']);
    expect(faults.list()).toEqual(['ssh-cut node-2 100', 'slack-5xx chat.update']);
    await expect(faults.plant('slack-5x', [])).rejects.toThrow('Did you mean slack-5xx?');
  } finally {
    await slack.close();
  }
});
