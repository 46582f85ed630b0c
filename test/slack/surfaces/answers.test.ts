import { describe, expect, it } from 'vitest';
import { RecordFault } from '../../../src/adapters/redis/server/failures.ts';
import { BROKEN, brokenText } from '../../../src/slack/surfaces/answer-words.ts';

describe('what somebody is told whose click broke', () => {
  it('names the record in Redis when that is what cannot be read, and lets nothing in it call the channel', () => {
    const fault = new RecordFault('lab-1', 'Entry 3 is none: Unrecognized key: "<!channel>".', 'Ask again.');
    expect(brokenText(fault)).toBe('Entry 3 is none: Unrecognized key: "&lt;!channel&gt;".\nAsk again.');
  });

  it('is not the raw text of an error that nobody foresaw', () => {
    expect(brokenText(new Error('xoxb-secret'))).toBe(BROKEN);
  });
});
