import { describe, expect, it } from 'vitest';
import { withoutSecrets, withoutThese } from '../../../src/domain/text/secrets.ts';
import { cpuMs } from '../../fixtures/cpu.ts';

describe('hiding secrets', () => {
  it('takes linear time for hostile text', () => {
    const evil = ['://', '://a:', 'password=', 'eyJ-', 'token: ', '-----BEGIN PRIVATE KEY-----', ' ', 'xoxb-'];
    const ms = cpuMs(() => {
      for (const piece of evil) withoutSecrets(piece.repeat(Math.ceil(200_000 / piece.length)));
    });
    // Half a second on an idle computer. An unlimited repetition would exceed the test's timeout.
    expect(ms).toBeLessThan(15_000);
  });

  it('hides a known secret in JSON and URL form too, but not one that is too short', () => {
    const secret = 'a "b\\c/d';
    const told = `${secret} ${JSON.stringify({ secret })} redis://x:${encodeURIComponent(secret)}@y`;
    expect(withoutThese(told, [secret])).not.toMatch(/b\\|b%/);
    expect(withoutThese('an apple a day', ['a'])).toBe('an apple a day');
  });
});
