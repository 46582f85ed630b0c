import { describe, expect, it } from 'vitest';
import { againButton, againOf, sameWish } from '../../../src/slack/parts/again-button.ts';
import { changeOf, requested } from '../card-events.ts';

const change = changeOf([requested()]);

describe('Check again', () => {
  it('names its change, whose record says what is requested', () => {
    const [block] = againButton(change);
    const [button] = block?.type === 'actions' ? block.elements : [];
    if (button?.type !== 'button') throw new Error('there is no button');
    expect(againOf(button.action_id ?? '', button.value)).toBe(change.id);
    expect(sameWish(change)).toEqual({ is: 'change', intent: change.intent });
  });

  it('requests an undo of the same change again', () => {
    const undo = { verb: 'undo', undoes: 'lab-aaaaaa', cluster: 'lab', nodes: ['node-2'] } as const;
    expect(sameWish({ ...change, intent: undo })).toEqual({ is: 'undo-of', undoes: 'lab-aaaaaa' });
  });

  it.each([
    ['no change', 'registry-ha:again', {}],
    ['a name that is no change', 'registry-ha:again', { change: '../../x' }],
    ['an intent of its own', 'registry-ha:again', { change: 'lab-aaaaaa', intent: { verb: 'remove' } }],
    ['another action', 'registry-ha:approve', { change: 'lab-aaaaaa' }],
  ])('means nothing with %s', (_, action, value) => {
    expect(againOf(action, JSON.stringify(value))).toBeNull();
  });
});
