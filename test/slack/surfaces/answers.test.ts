import type { RespondFn } from '@slack/bolt';
import { describe, expect, it } from 'vitest';
import { recordFault } from '../../../src/adapters/redis/server/failures.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { BROKEN, brokenText } from '../../../src/slack/surfaces/answer-words.ts';
import { answer } from '../../../src/slack/surfaces/answers.ts';
import { KeptLog } from '../recording-slack.ts';

describe('the reply to a click that failed', () => {
  it('names the record in Redis if it cannot be read, and escapes its text', () => {
    const fault = recordFault('lab-1', 'Entry 3 is none: Unrecognized key: "<!channel>".', 'Ask again.');
    expect(brokenText(fault)).toBe('Entry 3 is none: Unrecognized key: "&lt;!channel&gt;".\nAsk again.');
  });

  it('does not show the text of an unexpected error', () => {
    expect(brokenText(new Error('xoxb-secret'))).toBe(BROKEN);
  });
});

describe('a request that Slack sends twice', () => {
  const refusal = { refused: 'not-allowed', says: 'No.' } as const;
  const asked: string[] = [];
  const seen = new Set<string>();
  const counted = (what: string) => async () => {
    asked.push(what);
    return refusal;
  };
  /** What two replicas share. */
  const once = { isFirst: async (name: string) => !seen.has(name) && seen.add(name).has(name) };
  const replica = {
    useCases: {
      request: counted('request'),
      undo: counted('undo'),
      decide: async () => refusal,
      hold: async () => refusal,
      answer: async () => refusal,
    },
    context: async () => ({ clusters: ['lab'], defaultCluster: 'lab' }),
    whyNot: () => null,
    once,
    linkTo: () => '',
    ending: new AbortController().signal,
    slack: { post: async () => ({ channel: 'C0OPS', ts: '1.0' }) },
    clock: systemClock,
    log: new KeptLog(),
  };
  const sender = { teams: ['T1'], enterprises: [null], isBot: false, isShared: false };

  it.each([
    { is: 'change', intent: { verb: 'add', cluster: 'lab', nodes: ['node-2'] } },
    { is: 'undo-of', undoes: 'lab-abc234' },
  ] as const)('makes one change, and says nothing the second time: $is', async (wish) => {
    asked.splice(0);
    const said: unknown[] = [];
    const respond: RespondFn = async (words) => {
      said.push(words);
      return new Response();
    };
    const request = { sender, by: { id: 'U0ALICE', name: 'alice' }, channel: 'C0OPS', wish, trigger: `1.${wish.is}` };
    await answer(request, respond, replica);
    await answer(request, respond, { ...replica });
    expect(asked).toHaveLength(1);
    expect(said).toHaveLength(1);
    await answer({ ...request, trigger: `2.${wish.is}` }, respond, replica);
    expect(asked).toHaveLength(2);
  });
});
