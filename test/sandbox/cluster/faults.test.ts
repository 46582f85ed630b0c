import { describe, expect, it } from 'vitest';
import { faultList, SimFaults } from '../../../sandbox/cluster/faults.ts';

const faults = () => new SimFaults(new Set(['bootstrap', 'node-1', 'node-2']));

describe('faults', () => {
  it('rejects a misspelt fault and suggests the right name', () => {
    expect(() => faults().set('ssh-refuse', ['node-1'])).toThrow('Unknown fault ssh-refuse. Did you mean ssh-refused?');
    expect(() => faults().clear('nonsense-altogether')).toThrow(/^Unknown fault nonsense-altogether\. Known: /);
  });

  it.each([
    [['ssh-cut', 'node-1'], 'Usage: ssh-cut NODE BYTES'],
    [['kube-down', 'now'], 'Usage: kube-down'],
    [['ssh-cut', 'node-1', 'many'], 'ssh-cut: BYTES must be a number, not many'],
    [['ssh-auth', 'node-9'], 'ssh-auth: there is no node node-9. Nodes: bootstrap, node-1, node-2'],
    [['exec-cut', '2'], 'Usage: exec-cut [0|1|137|abrupt|off]'],
  ])('rejects %j', ([name = '', ...args], says) => {
    expect(() => faults().set(name, args)).toThrow(says);
  });

  it('keeps one fault for several nodes, with separate arguments, until it is cleared for one or all', () => {
    const some = faults();
    some.set('ssh-cut', ['node-1', '100']);
    some.set('ssh-cut', ['node-2', '200']);
    some.set('ssh-cut', ['node-1', '300']);
    expect(some.wordsFor('ssh-cut', 'node-1')).toEqual(['300']);
    expect(some.get('ssh-cut')).toEqual(['node-2', '200', 'node-1', '300']);
    some.clearFor('ssh-cut', 'node-1');
    expect([some.isOn('ssh-cut', 'node-1'), some.isOn('ssh-cut', 'node-2'), some.isOn('ssh-cut')]).toEqual([
      false,
      true,
      true,
    ]);
    some.clear('ssh-cut');
    expect(some.list()).toEqual([]);
  });

  it('applies a fault without a node to every node, and replaces an earlier setting', () => {
    const some = faults();
    some.set('salt-busy', []);
    expect(some.isOn('salt-busy', 'node-2')).toBe(true);
    some.set('endpoints-late', ['10']);
    some.set('endpoints-late', ['20']);
    expect(some.get('endpoints-late')).toEqual(['20']);
  });

  it('lists every fault that can be set, with its arguments', () => {
    expect(faultList()).toContain('state-fails NODE SLS [COMMENT…]');
    expect(faultList()).toHaveLength(55);
  });
});
