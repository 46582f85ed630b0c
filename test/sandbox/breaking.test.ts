import { describe, expect, it } from 'vitest';
import { exampleNode } from '../../sandbox/breaking/breaking.ts';
import { offersFor } from '../../sandbox/breaking/offers.ts';
import { faultList, SimFaults } from '../../sandbox/cluster/faults.ts';
import { isOfSlack } from '../../sandbox/faults.ts';
import { parseScenario } from '../../sandbox/scenario/parse/parse.ts';

describe('what the page offers to break', () => {
  const deeds = offersFor('node-2', 'node-3').flatMap((group) => group.deeds);

  it.each(deeds)('$label is a statement that the sandbox plays: $statement', ({ statement }) => {
    const parsed = parseScenario(statement, { people: [] });
    if (parsed.is === 'wrong') throw new Error(parsed.mistakes.join('\n'));
    const [act] = parsed.statements;
    const faults = new SimFaults(
      new Map([
        ['node-2', null],
        ['node-3', null],
      ]),
    );
    if (act?.is === 'fault' && !isOfSlack(act.name)) faults.set(act.name, act.args);
    expect(parsed.statements).toHaveLength(1);
  });

  it.each([
    'iso-manager add',
    'iso-manager remove',
    'upgrade',
    'solution import',
    'solution unimport',
    'node add',
    'node delete',
    'node replace',
    'reboot',
    'power off',
    'power on',
    'engine pull',
    'fault include-lost',
  ])('has a button for what makes a registry stale: %s', (words) => {
    expect(deeds.filter(({ statement }) => statement.startsWith(`${words} `))).toHaveLength(1);
  });

  it('has a button for every fault of the cluster', () => {
    const planted = deeds.flatMap(({ statement }) => /^fault (\S+)/.exec(statement)?.[1] ?? []);
    const missing = faultList()
      .flatMap((usage) => usage.split(' ')[0] ?? [])
      .filter((name) => !planted.includes(name));
    expect(missing).toEqual([]);
    expect(new Set(planted).size).toBe(planted.length);
  });

  it('names the node of the first steps', () => {
    expect([exampleNode(['node-1', 'node-2']), exampleNode(['a', 'b']), exampleNode([])]).toEqual([
      'node-2',
      'a',
      undefined,
    ]);
  });
});
