import { describe, expect, it } from 'vitest';
import { withoutSecrets, withoutThese } from '../../../src/domain/text/secrets.ts';
import { cpuMs } from '../../fixtures/cpu.ts';

describe('the search for secrets', () => {
  it('could be made to take minutes by whoever writes the text', () => {
    const evil = ['://', '://a:', 'password=', 'eyJ-', 'token: ', '-----BEGIN PRIVATE KEY-----', ' ', 'xoxb-'];
    const ms = cpuMs(() => {
      for (const piece of evil) withoutSecrets(piece.repeat(Math.ceil(200_000 / piece.length)));
    });
    // Half a second on a free computer; a search with a repetition that has no limit takes longer than a test may.
    expect(ms).toBeLessThan(15_000);
  });

  it('would miss a known one that JSON or a URL writes in another way, or hide half of a text for a short one', () => {
    const secret = 'a "b\\c/d';
    const told = `${secret} ${JSON.stringify({ secret })} redis://x:${encodeURIComponent(secret)}@y`;
    expect(withoutThese(told, [secret])).not.toMatch(/b\\|b%/);
    expect(withoutThese('an apple a day', ['a'])).toBe('an apple a day');
  });
});
