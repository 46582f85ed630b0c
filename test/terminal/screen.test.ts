import { describe, expect, it } from 'vitest';
import { refuse } from '../../src/domain/answers/refusal.ts';
import { asTypedHere } from '../../src/domain/questions/here.ts';
import { type AnsweredHere, exitCodeOf, inWords, type Outcome } from '../../src/terminal/outcome.ts';
import { Screen } from '../../src/terminal/screen.ts';

const answered = (text: string, isWell = true): AnsweredHere => ({
  is: 'answered',
  text,
  json: { question: 'log' },
  isWell,
});
const REFUSED: Outcome = {
  is: 'refused',
  refusal: refuse('unknown-change', 'No such change.', 'See /registry-ha changes'),
};

function screen({ isTty = false, isJson = false, columns = 20 } = {}) {
  const written = { out: '', err: '' };
  let now = 0;
  const stream = (to: 'out' | 'err') => ({
    isTty,
    columns,
    write: (text: string) => {
      written[to] += text;
    },
  });
  return {
    written,
    later: (ms: number) => {
      now += ms;
    },
    on: new Screen(stream('out'), stream('err'), isJson, () => now),
  };
}

describe('the screen of a terminal', () => {
  it('redraws one line while a command waits, ten times a second at most, and clears it before the answer', () => {
    const { on, written, later } = screen({ isTty: true });
    on.wait('6 of 13 images compared.');
    on.wait('7 of 13');
    later(100);
    on.wait('13 of 13');
    expect(on.end(answered('All is well.'))).toBe(0);
    expect(written).toEqual({
      out: 'All is well.\n',
      err: '\r\u001b[K6 of 13 images comp\r\u001b[K13 of 13\r\u001b[K',
    });
  });

  it('shows a bar on a terminal where it is known how much is done', () => {
    const { on, written, later } = screen({ isTty: true, columns: 40 });
    on.wait('7 of 13', 0.5);
    later(100);
    on.wait('13 of 13', 1);
    expect(written.err).toBe('\r\u001b[K[##########..........] 7 of 13\r\u001b[K[####################] 13 of 13');
    const elsewhere = screen();
    elsewhere.on.wait('7 of 13', 0.5);
    expect(elsewhere.written.err).toBe('7 of 13\n');
  });

  it('writes a line now and then elsewhere', () => {
    const { on, written, later } = screen();
    on.wait('1 of 13');
    later(5_000);
    on.wait('2 of 13');
    later(10_000);
    on.wait('3 of 13');
    expect(written.err).toBe('1 of 13\n3 of 13\n');
  });

  it('writes nothing but one line of JSON with --json', () => {
    const { on, written } = screen({ isJson: true, isTty: true });
    on.wait('1 of 13');
    expect(on.end(REFUSED)).toBe(2);
    expect(written.err).toBe('');
    expect(JSON.parse(written.out)).toEqual({
      ...{ v: 1, is: 'refused', refused: 'unknown-change' },
      says: 'No such change. See registry-ha changes',
    });
  });

  it('is not steered by what a node, a reason or a journal says, and shows no secret', () => {
    const { on, written } = screen();
    on.end(answered('a reason \u001b[31mred \u202e\u009b2J\nxoxb-12345678901-abcdefghijkl'));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the test searches for them
    expect(written.out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(written.out).not.toContain('xoxb-12345678901-abcdefghijkl');
    const json = screen({ isJson: true });
    json.on.end({ is: 'answered', text: '', json: { reason: '\u009b2J\u202e' }, isWell: true });
    expect(json.written.out).toBe('{"v":1,"is":"answered","reason":"\\u009b2J\\u202e"}\n');
    const secret = screen({ isJson: true });
    secret.on.end({ ...answered(''), json: { reason: 'with xoxb-12345678901-abcdefghijkl in it' } });
    expect(secret.written.out).not.toContain('abcdefghijkl');
    expect(JSON.parse(secret.written.out).reason).toMatch(/^with .* in it$/);
  });

  it('writes a file byte for byte into a pipe, and only its text on a terminal; words beside it never go into the pipe', () => {
    const plan: Outcome = { ...answered('text'), ...{ file: 'file \u202e\n', note: 'words' } };
    const [pipe, tty] = [screen(), screen({ isTty: true })];
    pipe.on.end(plan);
    tty.on.end(plan);
    expect(pipe.written).toEqual({ out: 'file \u202e\n', err: 'words\n' });
    expect(tty.written).toEqual({ out: 'text\n', err: '\r\u001b[Kwords\n' });
  });

  it('writes a refusal to standard error, so that a pipe gets answers only', () => {
    const { on, written } = screen();
    expect(on.end(REFUSED)).toBe(2);
    expect(written).toEqual({ out: '', err: 'No such change. See registry-ha changes\n' });
  });
});

describe('the exit codes', () => {
  it.each<[number, Outcome]>([
    [0, answered('')],
    [1, answered('', false)],
    [1, { is: 'failed', failure: { kind: 'x', where: 'y', what: 'z', next: '' } }],
    [2, REFUSED],
    [3, { is: 'usage', refusal: { says: 'Wrong.' } }],
    [4, { is: 'busy', change: 'lab-7f3k2q' }],
  ])('are stable: %i', (code, outcome) => {
    expect(exitCodeOf(outcome)).toBe(code);
  });
});

describe('commands in the words of Slack', () => {
  it('are those of the terminal where it has them, and Slack’s where it has not', () => {
    expect(asTypedHere('/registry-ha status shows it; /registry-ha sync node-2 completes it.')).toBe(
      'registry-ha status shows it; /registry-ha sync node-2 completes it.',
    );
    expect(asTypedHere('/opt/registry-ha status')).toBe('/opt/registry-ha status');
  });

  it('are those of the terminal in the way out of a refusal there, changes too', () => {
    const refusal = refuse(
      'bad-command',
      'No.',
      'For example: /registry-ha add node-2, or lift it: /registry-ha unfreeze',
    );
    expect(inWords({ is: 'usage', refusal })).toBe(
      'No. For example: registry-ha add node-2, or lift it: /registry-ha unfreeze',
    );
  });
});
