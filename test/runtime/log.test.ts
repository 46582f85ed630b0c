import { describe, expect, it } from 'vitest';
import { withoutSecrets } from '../../src/domain/text/secrets.ts';
import { openLog } from '../../src/runtime/log.ts';

describe('what leaves the process', () => {
  it('contains no token and no password', () => {
    expect(withoutSecrets('token xoxb-12-34-ab, app xapp-1-A-2, redis://bot:hunter22@redis:6379')).toBe(
      'token [hidden], app [hidden], redis://bot:[hidden]@redis:6379',
    );
  });

  it('hides configured secrets of any form', () => {
    const lines: string[] = [];
    openLog('info', 'test', ['s3cretWord'], (line) => lines.push(line)).info(
      { err: new Error('refused s3cretWord') },
      'It broke',
    );
    expect(lines.join('')).toContain('It broke');
    expect(lines.join('')).not.toContain('s3cretWord');
  });
});
