import { describe, expect, it } from 'vitest';
import { planButtons, plannedBy } from '../../../src/slack/parts/plan-button.ts';

const sync = { verb: 'sync', cluster: 'lab', nodes: ['node-2', 'node-3'] } as const;

describe('the buttons below a message about stale registries', () => {
  it('request what the message names: a change of each verb', () => {
    const add = { verb: 'add', cluster: 'lab', nodes: ['node-4'] } as const;
    const buttons = planButtons([sync, add]);
    expect(buttons.map(({ text }) => text?.text)).toEqual(['Plan sync', 'Plan add']);
    expect(buttons.map(({ action_id: id = '', value }) => plannedBy(id, value))).toEqual([sync, add]);
  });

  it('name at most as many nodes as one change may have', () => {
    const many = Array.from({ length: 30 }, (_, index) => `node-${index}`);
    const [button] = planButtons([{ ...sync, nodes: many }]);
    expect(plannedBy(button?.action_id ?? '', button?.value)?.nodes).toHaveLength(20);
  });

  it.each([
    ['another verb', 'registry-ha:plan:remove', { ...sync, verb: 'remove' }],
    ['no node', 'registry-ha:plan:sync', { ...sync, nodes: [] }],
    ['a node with a path', 'registry-ha:plan:sync', { ...sync, nodes: ['../node'] }],
    ['a cluster with a colon', 'registry-ha:plan:sync', { ...sync, cluster: 'lab:x' }],
    ['a member that it does not know', 'registry-ha:plan:sync', { ...sync, approved: true }],
    ['another action', 'registry-ha:approve', sync],
    ['no value', 'registry-ha:plan:sync', undefined],
  ])('request nothing with %s', (_, action, value) => {
    expect(plannedBy(action, value === undefined ? undefined : JSON.stringify(value))).toBeNull();
  });
});
