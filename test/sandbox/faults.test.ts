import { expect, test } from 'vitest';
import type { SimulatedCluster } from '../../sandbox/cluster/simulated-cluster.ts';
import { faultsOf, SLACK_FAULTS } from '../../sandbox/faults.ts';
import { startSlack } from './slack/slack-for-tests.ts';

/** A fake cluster that records requested faults. */
function notingCluster(noted: string[]): Pick<SimulatedCluster, 'fault' | 'clearFault' | 'faults'> {
  return {
    fault: async (name, args) => void noted.push([name, ...args].join(' ')),
    clearFault: async (name) => void noted.push(`clear ${name}`),
    faults: () => noted,
  };
}

test('sends each fault to its part, and suggests the right name for a misspelt Slack fault', async () => {
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
