import { describe, expect, it } from 'vitest';
import { isoLines } from '../../src/adapters/bootstrap/node/mounts.ts';
import { fileSystemIn, fstabIn, isListening } from '../../src/adapters/node/parse.ts';
import { classifyCall, classifyMinions, classifyStart } from '../../src/adapters/salt/classify.ts';
import { engineFacts } from '../../src/adapters/salt/engines.ts';
import { jobOf, stateRunsOf } from '../../src/adapters/salt/jobs.ts';
import { minionValues } from '../../src/adapters/salt/parse.ts';
import { parseKnownHosts, standingOf } from '../../src/adapters/ssh/login/known-hosts.ts';
import { digestIn, fileIn, targetIn } from '../../src/domain/node-commands/copy-commands.ts';
import { exit } from '../../src/domain/node-commands/ended.ts';
import { runIn } from '../../src/domain/node-commands/run-commands.ts';
import { clean } from '../../src/domain/text/printable.ts';
import { withoutSecrets } from '../../src/domain/text/secrets.ts';
import { parseCommand } from '../../src/domain/wish/parse-command.ts';
import { typed } from '../../src/slack/inbox/typed.ts';
import { escaped } from '../../src/slack/text/foreign-text.ts';
import { withPlainMoments } from '../../src/slack/text/names.ts';
import { cpuMs } from '../fixtures/cpu.ts';
import { ILL_BEHAVED } from './ill-behaved.ts';

/** The size limit of a Slack request; quadratic work on it would take minutes. */
const LENGTH = 2 ** 18;
/** CPU time. Linear work takes tens of milliseconds; the rest is for slow computers. */
const LIMIT_MS = 10_000;

const context = { clusters: ['lab'], defaultCluster: 'lab' };
const place = { node: 'node-2', host: 'a'.repeat(60), port: 22 };
const key = { algorithm: 'ssh-ed25519', key: 'AAAA' };
const said = (stdout: string) => ({ ended: exit(1), stdout, stderr: stdout });

/** Every reader of external text. */
const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  'slash command': (text) => parseCommand(typed(text), context),
  'node name': (text) => parseCommand(`add ${text}`, context),
  reason: (text) => parseCommand(`add node-2 --reason "${text}"`, context),
  'text for Slack': (text) => [clean(text), escaped(text), withPlainMoments(text)],
  'line of a log': withoutSecrets,
  'salt-call': (text) => classifyCall(said(text), 'states'),
  'salt-call’s one text': (text) => classifyCall(said(JSON.stringify({ local: text })), 'states'),
  'salt-call’s list': (text) => classifyCall(said(JSON.stringify({ local: [text] })), 'states'),
  salt: (text) => [classifyMinions(said(text), 'states'), classifyStart(said(text))],
  'salt-run': (text) => jobOf('20260301100000000000', text),
  'saltutil.running': (text) => stateRunsOf(['node-2'], minionValues(text)),
  'detached run': (text) => runIn(said(text)),
  crictl: (text) => engineFacts('node-2', text),
  df: fileSystemIn,
  fstab: fstabIn,
  mountinfo: isoLines,
  ss: (text) => isListening(text, '10.0.0.1:8080'),
  stat: (text) => [fileIn(said(text)), targetIn(said(text)), digestIn(text)],
  known_hosts: (text) => standingOf(parseKnownHosts(text), place, key),
};

const PIECES = [
  '\n',
  ' ',
  '-',
  '_',
  'a',
  'a ',
  '<',
  '<!',
  '&',
  '"',
  '\\',
  '{',
  '[',
  '[\n',
  '}',
  ']',
  '}\n',
  ']\n',
  '[]\n',
  '*a',
  '1',
  '1 ',
  '1 1 ',
  '://a:',
  '\u001b]',
  '\u001b[',
  ' with jid 1',
  ' is not available.',
  '\\040',
  ...ILL_BEHAVED,
];

/** An opening piece, and the piece that closes it. */
const NESTS = [
  ['[x\n', ']'],
  ['{x\n', '}'],
  ['[', ']'],
  ['[\n', '\n]'],
  ['{"a":', '}'],
  ['{\n"a": x\n', '}\n'],
  ['<', '>'],
  ['<!', '>'],
  ['(', ')'],
  ['"', '"\n'],
  ['`', '`'],
  ['*', '*'],
] as const;

describe.each(Object.entries(READERS))('a quarter of a megabyte of repeated text in %s', (_name, read) => {
  const check = (piece: string, text: string) => {
    const ms = cpuMs(() => read(text));
    expect(ms, `${JSON.stringify(piece)} took ${Math.round(ms)} ms`).toBeLessThan(LIMIT_MS);
  };

  it('does not block the process that reads it', { timeout: 600_000 }, () => {
    for (const piece of PIECES) {
      for (const end of ['', '!', 'b']) check(piece, `a${piece.repeat(LENGTH / piece.length)}${end}`);
    }
  });

  it('does not block the process when all brackets are closed', { timeout: 600_000 }, () => {
    for (const [opener, closer] of NESTS) {
      const size = LENGTH / (opener.length + closer.length);
      check(opener, `${opener.repeat(size)}${closer.repeat(size)}`);
    }
  });
});
