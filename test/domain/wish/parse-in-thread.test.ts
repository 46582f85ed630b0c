import { describe, expect, it } from 'vitest';
import { parseInThread } from '../../../src/domain/wish/parse-in-thread.ts';
import { changeOf, planned, requested } from '../../slack/card-events.ts';

const context = { clusters: ['lab'], defaultCluster: 'lab' };
const change = changeOf([requested(), planned()]);
const { id, digest } = change;

describe('a word in the thread of a card', () => {
  it.each([
    ['why', { is: 'question', question: 'why', ask: { change: id } }],
    ['Log ', { is: 'question', question: 'log', ask: { change: id } }],
    ['show', { is: 'question', question: 'show', ask: { change: id } }],
    ['cancel', { is: 'decision', decision: { kind: 'cancel', change: id, digest } }],
    ['retry', { is: 'decision', decision: { kind: 'retry', change: id, digest } }],
    ['undo', { is: 'undo-of', undoes: id }],
  ])('is about its change: %s', (typed, wish) => {
    expect(parseInThread(typed, change, context)).toEqual(wish);
  });

  it.each(['approve', 'deny'])('that approves or denies is refused, because only a button does that: %s', (word) => {
    expect(parseInThread(word, change, context)).toMatchObject({ says: expect.stringContaining('is a button') });
  });

  it.each(['constructor', '__proto__', 'toString', 'cancel lab-222222'])(
    'that is no such word is no decision: %s',
    (typed) => {
      expect(parseInThread(typed, change, context)).toMatchObject({ refused: 'bad-command' });
    },
  );

  it('is an ordinary command if there is more, and everywhere else', () => {
    const other = { is: 'question', question: 'log', ask: { change: 'lab-7f3k2q' } };
    expect(parseInThread('log lab-7f3k2q', change, context)).toEqual(other);
    expect(parseInThread('cancel', null, context)).toMatchObject({ says: expect.stringContaining('is a button') });
  });
});
