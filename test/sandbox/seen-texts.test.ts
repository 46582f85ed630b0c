import { expect, test } from 'vitest';
import { holds, SeenTexts } from '../../sandbox/seen/texts.ts';
import { ALICE, OPS, startSlack } from './slack/slack-for-tests.ts';

test('keeps texts of earlier versions of a card, and reads blocks as people do', async () => {
  const slack = await startSlack();
  const texts = new SeenTexts(slack);
  try {
    const post = async (method: string, body: object): Promise<{ ts?: string }> => {
      const headers = { authorization: `Bearer ${slack.botToken}`, 'content-type': 'application/json; charset=utf-8' };
      const response = await fetch(`${slack.apiUrl}${method}`, { method: 'POST', headers, body: JSON.stringify(body) });
      expect(response.ok).toBe(true);
      return JSON.parse(await response.text());
    };
    const block = { type: 'section', text: { type: 'mrkdwn', text: '*Plan:* `a &lt; b` for <@U0ALICE|alice>' } };
    const { ts } = await post('chat.postMessage', { channel: OPS.id, text: 'first', blocks: [block] });
    await post('chat.update', { channel: OPS.id, ts, text: 'second', blocks: [] });
    const seen = (words: string): boolean => texts.all().some((text) => holds(text, words));
    expect(['first', 'second', 'Plan: a < b', '*Plan:*'].filter((words) => !seen(words))).toEqual([]);
    expect(seen('mrkdwn')).toBe(false);
    expect(seen(ALICE.title)).toBe(false);
  } finally {
    texts.close();
    await slack.close();
  }
});
