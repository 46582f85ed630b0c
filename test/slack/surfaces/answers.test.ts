import { describe, expect, it } from 'vitest';
import { recordFault } from '../../../src/adapters/redis/server/failures.ts';
import { BROKEN, brokenText } from '../../../src/slack/surfaces/answer-words.ts';

describe('the reply to a click that failed', () => {
  it('names the record in Redis if it cannot be read, and escapes its text', () => {
    const fault = recordFault('lab-1', 'Entry 3 is none: Unrecognized key: "<!channel>".', 'Ask again.');
    expect(brokenText(fault)).toBe('Entry 3 is none: Unrecognized key: "&lt;!channel&gt;".\nAsk again.');
  });

  it('does not show the text of an unexpected error', () => {
    expect(brokenText(new Error('xoxb-secret'))).toBe(BROKEN);
  });
});
