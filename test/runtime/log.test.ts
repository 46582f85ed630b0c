import { describe, expect, it, vi } from 'vitest';
import { withoutSecrets } from '../../src/domain/text/secrets.ts';
import { switchedBySignal } from '../../src/runtime/debug-signal.ts';
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

describe('the level of a log', () => {
  it.each(['info', 'error'])('changes from %s to debug and back, and says so each time', (level) => {
    const lines: string[] = [];
    const log = openLog(level, 'test', [], (line) => lines.push(line));
    const say = (word: string) => log.debug({}, word);
    say('first');
    log.switchLevel();
    say('second');
    log.switchLevel();
    say('third');
    const said = lines.map((line) => JSON.parse(line));
    expect(said.map(({ msg, next }) => next ?? msg)).toEqual(['debug', 'second', level]);
  });

  it('stays debug where it was opened with debug', () => {
    const lines: string[] = [];
    const log = openLog('debug', 'test', [], (line) => lines.push(line));
    log.switchLevel();
    log.debug({}, 'still here');
    expect(lines.join('')).toContain('still here');
  });

  it('follows SIGUSR2, and the process goes on', async () => {
    const lines: string[] = [];
    const log = switchedBySignal(openLog('info', 'test', [], (line) => lines.push(line)));
    process.kill(process.pid, 'SIGUSR2');
    await vi.waitFor(() => expect(lines.join('')).toContain('"next":"debug"'), { timeout: 10_000 });
    log.debug({}, 'more words');
    expect(lines.join('')).toContain('more words');
    process.removeAllListeners('SIGUSR2');
  });
});
