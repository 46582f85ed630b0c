import { describe, expect, it } from 'vitest';
import type { SlackMessage } from '../../../sandbox/slack/local-slack.ts';
import { doubledCards, lostDeeds } from './judge-replicas.ts';

const bot = { id: 'U0BOT', name: 'registry-ha', isBot: true };
const message = (ts: string, text: string): SlackMessage => ({
  ts,
  channel: 'C0OPS',
  author: bot,
  text,
  blocks: [],
  edits: 0,
});
const ENDED = message('1', 'Add a registry on node-2 (lab-aaaaaa). Done.');
const LEFT = message('2', 'Add a registry on node-2 (lab-aaaaaa). Inspecting the cluster…');

describe('replicas that are restarted in turn', () => {
  const deed = (end: 'effect' | 'answer' | 'error' | 'nothing', from = 100, to = 200) => ({
    what: 'Approve',
    end,
    from,
    to,
  });

  it('lose no click that was acknowledged: each has an effect, an answer, or an error in Slack', () => {
    expect(lostDeeds([deed('effect'), deed('answer'), deed('error')], 'SIGTERM', [])).toEqual([]);
    expect(lostDeeds([deed('nothing')], 'SIGTERM', [{ from: 150, to: 160 }])).toHaveLength(1);
  });

  it('may lose a click only while a replica is killed', () => {
    expect(lostDeeds([deed('nothing')], 'SIGKILL', [{ from: 150, to: 160 }])).toEqual([]);
    expect(lostDeeds([deed('nothing')], 'SIGKILL', [{ from: 300, to: 400 }])).toHaveLength(1);
  });

  it('post one card for each change; a kill may leave one that was being posted', () => {
    const ids = ['lab-aaaaaa'];
    expect(doubledCards([ENDED], ids, 0)).toEqual([]);
    expect(doubledCards([], ids, 0)).toEqual(['lab-aaaaaa has 0 cards']);
    expect(doubledCards([ENDED, { ...ENDED, ts: '3' }], ids, 9)).toEqual(['lab-aaaaaa has 2 cards']);
    expect(doubledCards([ENDED, LEFT], ids, 0)).toEqual(['1 cards were left while they were posted']);
    expect(doubledCards([ENDED, LEFT], ids, 1)).toEqual([]);
  });
});
