import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { becomesTrue } from '../../sandbox/processes/poll.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { journalCommand } from '../../src/commands/journal.ts';
import { filesBelow, leaks, PLANTED } from './planted.ts';

const LIMIT_MS = 300_000;
/** Possible output of a Salt state: secrets, mentions, markup and terminal sequences. */
const COMMENT = [
  `cannot fetch https://me:${PLANTED.urlPassword}@proxy/x with ${PLANTED.botToken} ${PLANTED.jwt}`,
  `password=${PLANTED.kubeToken}`,
  PLANTED.key,
  '<!channel> <@U0BOB> *bold* \u001b[31mred \u001b]0;title\u0007 \u009b2J \u202etxt.exe',
].join(' ');

/** All files except those that are meant to contain secrets. */
const HOLDERS = /\/(cluster\/|approval\.key$|(bot|worker)\.yaml$|redis\/users\.acl$)/;

let sandbox: Sandbox;
let written: ReadonlyMap<string, string>;
/** Secrets that the sandbox creates itself. */
let own: Readonly<Record<string, string>>;

const until = async (look: () => boolean | Promise<boolean>) => {
  if (!(await becomesTrue(look, LIMIT_MS, new AbortController().signal))) throw new Error(`It never came: ${look}`);
};
const state = async () => {
  const seen = await sandbox.changes.read();
  return (seen.are === 'seen' ? seen.changes : seen.last).at(-1)?.state;
};

beforeAll(async () => {
  sandbox = await startSandbox({ log: () => undefined, hasFiles: true, hasMentions: true });
  const { bootstrapRoot, workerConfigPath } = sandbox.cluster;
  const key = await readFile(join(bootstrapRoot, 'etc/metalk8s/pki/salt-bootstrap'), 'utf8');
  const kube = await readFile(workerConfigPath, 'utf8');
  const approvalKey = await readFile(join(sandbox.folder, 'approval.key'), 'utf8');
  const { botToken, appToken, signingSecret } = sandbox.slack;
  own = {
    ...{ botToken, appToken, signingSecret, redisPassword: 'password-of-' },
    sshKey: key.split('\n')[2] ?? '?',
    kubeToken: /token: (\S+)/.exec(kube)?.[1] ?? '?',
    // Above the key, its file has a line with its name and date.
    approvalKey: /PRIVATE KEY-----\n(\S+)/.exec(approvalKey)?.[1] ?? '?',
  };
  await trouble();
  written = await filesBelow(sandbox.folder);
}, 2 * LIMIT_MS);
afterAll(() => sandbox?.close());

/** A change with faults of Slack, Redis, SSH and Salt, one after the other. */
async function trouble(): Promise<void> {
  const { slack, faults, services } = sandbox;
  await faults.plant('state-fails', ['node-2', 'metalk8s.archives.mounted', COMMENT]);
  await faults.plant('ssh-auth', ['node-2']);
  await slack.command('alice', `/registry-ha add node-2 --reason "with ${PLANTED.botToken} <!here> *now*"`);
  await until(async () => (await state()) === 'refused');
  await faults.clear('ssh-auth');
  await slack.command('alice', `/registry-ha add node-2 --reason "with ${PLANTED.jwt} <!here> *now*"`);
  await until(async () => (await state()) === 'planned');
  await until(
    async () =>
      await slack.click('bob', 'Approve').then(
        () => true,
        () => false,
      ),
  );
  await until(async () => (await state()) !== 'planned');
  slack.fault('slack-5xx', []);
  await services.redis.kill();
  await services.redis.start(new AbortController().signal);
  await until(async () => (await state()) === 'failed');
  slack.clearFault('slack-5xx');
  await until(() => shown().includes('Install') || shown().includes('archives.mounted'));
  await until(() => sandbox.slack.messages().some(({ text }) => /^<@U0ALICE>[^:]*: \S+ failed at/.test(text)));
  await onEverySurface();
}

/** The failed change in the Home, in a form's window, in its thread, by its shortcut and in direct messages. */
async function onEverySurface(): Promise<void> {
  const { slack } = sandbox;
  const card = slack.messages().findLast(({ author, threadTs }) => author.isBot && threadTs === undefined)?.ts ?? '';
  await slack.openHome('alice');
  await slack.command('alice', '/registry-ha add');
  await slack.reply('alice', card, '@registry-ha log');
  await slack.reply('alice', card, '@registry-ha why');
  await slack.shortcut('bob', card, 'Explain this change');
  await slack.direct('alice', 'changes --all');
  const said = (words: string) => slack.messages().filter(({ text }) => text.includes(words)).length;
  await until(() => slack.homes().length > 0 && slack.modals().length > 0 && said('Next: ') === 2);
  await until(() => said('The whole log, with every command') === 1 && said('2 changes in lab') === 1);
}

const files = (): readonly string[] =>
  sandbox.slack.messages().flatMap(({ files = [] }) => files.map(({ id }) => sandbox.slack.fileText(id) ?? ''));
const windows = () => [...sandbox.slack.homes(), ...sandbox.slack.modals()].map(({ view }) => view);
const shown = (): string => JSON.stringify([sandbox.slack.messages(), files(), windows()]);

describe('a change with every kind of problem', () => {
  it('leaves no secret in logs, journal, Redis or the worker’s files', () => {
    const names = [...written.keys()].filter((path) => !HOLDERS.test(path));
    for (const part of ['bot.log', 'worker.log', 'worker/journal.jsonl', 'redis/appendonlydir/']) {
      expect(names.some((path) => path.includes(part))).toBe(true);
    }
    for (const path of names) {
      const text = written.get(path) ?? '';
      expect(leaks(text), path).toEqual([]);
      for (const [what, secret] of Object.entries(own)) expect(text.includes(secret), `${what} in ${path}`).toBe(false);
    }
  });

  it('shows no secret in Slack', () => {
    expect(files()).toEqual([expect.stringContaining('-----BEGIN APPROVED PLAN-----')]);
    expect(leaks(shown())).toEqual([]);
    for (const [what, secret] of Object.entries(own)) expect(shown().includes(secret), what).toBe(false);
  });

  it('mentions nobody, and does not format Salt’s text', () => {
    expect(shown()).not.toContain('\u202e');
    const messages = sandbox.slack.messages();
    const objects = textObjects([messages, windows()]);
    expect(objects).not.toEqual([]);
    // Rich text and plain text have no markup, so they need no escaping. Code has none but mentions.
    for (const text of [...messages.map((one) => one.text), ...objects.map((one) => one.text)]) {
      expect(text).not.toMatch(/<!(channel|here)/);
      expect(text.replaceAll(/```\n.*?\n```/gs, '')).not.toMatch(/\*now\*|\*bold\*/);
    }
    expect(objects.filter(({ verbatim }) => verbatim !== true)).toEqual([]);
  });

  it('does not steer the terminal of a person who reads logs or the journal', async () => {
    for (const [path, text] of written) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the test searches for them
      if (/\.log$/.test(path)) expect(text, path).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    }
    const lines: string[] = [];
    expect(
      await journalCommand('show', undefined, join(sandbox.folder, 'worker/journal.jsonl'), (line) => lines.push(line)),
    ).toBe(0);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the test searches for them
    expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(lines.join('\n')).toContain('failed (');
  });
});

interface TextObject {
  readonly text: string;
  readonly verbatim: unknown;
}

/** Every mrkdwn object in the messages' blocks. */
function textObjects(value: unknown): readonly TextObject[] {
  if (Array.isArray(value)) return value.flatMap(textObjects);
  if (typeof value !== 'object' || value === null) return [];
  const isMrkdwn = 'type' in value && value.type === 'mrkdwn' && 'text' in value;
  const found = isMrkdwn
    ? [{ text: String(value.text), verbatim: 'verbatim' in value ? value.verbatim : undefined }]
    : [];
  return [...found, ...Object.values(value).flatMap(textObjects)];
}
