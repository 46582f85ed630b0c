import { type ChildProcess, spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bareEnvironment } from '../../sandbox/place.ts';
import { becomesTrue } from '../../sandbox/processes/poll.ts';
import { program } from '../../sandbox/processes/program.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';

const LIMIT_MS = 300_000;
let sandbox: Sandbox;
let cli: string;
const children: ChildProcess[] = [];

const until = async (look: () => boolean | Promise<boolean>) => {
  if (!(await becomesTrue(look, LIMIT_MS, new AbortController().signal))) throw new Error(`It never came: ${look}`);
};

/** A command on the bootstrap node, by a person behind sudo who confirms each plan. */
class Terminal {
  out = '';
  err = '';
  readonly code: Promise<number | null>;
  readonly #child: ChildProcess;

  constructor(person: string, words: readonly string[]) {
    const config = words[0] === 'journal' ? [] : ['--config', join(sandbox.folder, 'worker.yaml')];
    const env = { ...bareEnvironment(process.env), SUDO_USER: person, SUDO_UID: '1000' };
    const child = spawn(process.execPath, [cli, ...words, ...config], { env });
    this.#child = child;
    children.push(child);
    child.stdout.on('data', (data) => (this.out += data));
    child.stderr.on('data', (data) => (this.err += data));
    this.code = new Promise((resolve) => child.on('close', resolve));
    child.stdin.on('error', () => undefined);
    child.stdin.write('lab\n');
  }

  interrupt(): void {
    this.#child.kill('SIGINT');
  }
}

const run = async (person: string, ...words: readonly string[]) => {
  const terminal = new Terminal(person, words);
  const code = await terminal.code;
  return { code, out: terminal.out, err: terminal.err };
};

const shown = async (id: string) => JSON.parse((await run('alice', 'show', id, '--json')).out);

beforeAll(async () => {
  [sandbox, cli] = await Promise.all([startSandbox({ log: () => undefined }), program()]);
}, LIMIT_MS);
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await sandbox?.close();
});

describe('with Slack and Redis down', () => {
  let id: string;
  beforeAll(async () => {
    await sandbox.services.bot.kill();
    await sandbox.services.redis.kill();
  });

  it('only the worker’s user and root reach the worker', async () => {
    const { mode } = await stat(join(sandbox.folder, 'worker/terminal.sock'));
    expect(mode & 0o777).toBe(0o600);
  });

  it('nobody without permission changes anything', async () => {
    const [refused, usage] = await Promise.all([run('mallory', 'add', 'node-2'), run('alice', 'add')]);
    expect(refused).toMatchObject({ code: 2, out: '' });
    expect(refused.err).toContain('The login mallory may not request changes at this terminal.');
    expect(usage.code).toBe(3);
    expect((await run('alice', 'changes', '--all')).out).toContain('There is no');
  });

  it(
    'a change is requested, approved by another person, resumed after a kill, and proved',
    async () => {
      await sandbox.faults.plant('ssh-slow', ['node-2', '100000']);
      const hers = new Terminal('alice', ['add', 'node-2', '--reason', 'new disk']);
      await until(() => hers.err.includes('registry-ha approve lab-'));
      // The question comes behind the plan, and may be in a later piece of the output.
      await until(() => hers.err.includes('To confirm'));
      id = /registry-ha approve (lab-[a-z0-9]{6})/.exec(hers.err)?.[1] ?? '';
      expect(hers.err).toContain('To confirm, type the name of the cluster (lab): ');
      const own = await run('alice', 'approve', id);
      expect(own).toMatchObject({ code: 2 });
      const his = new Terminal('bob', ['approve', id, '--json']);
      await until(async () => (await shown(id)).change.state === 'applying');
      const busy = await run('bob', 'add', 'node-3', '--break-glass', 'urgent');
      expect(busy).toMatchObject({ code: 4, out: '' });
      expect(busy.err).toContain(`The worker carries out ${id} now.`);
      await until(() => his.out.includes('"is":"progress"'));
      await sandbox.services.worker.kill();
      expect([await hers.code, await his.code]).toEqual([1, 1]);
      expect(hers.err).toContain(`The next worker resumes what has begun: registry-ha show ${id}`);
      await sandbox.faults.clear('ssh-slow');
      await sandbox.services.worker.start(new AbortController().signal, false);
      await until(async () => (await shown(id)).change.state === 'done');
      expect((await shown(id)).change).toMatchObject({ approvers: [{ id: 'login:bob', name: 'bob' }] });
    },
    LIMIT_MS,
  );

  it(
    'one person alone breaks the glass; a command that is left does not stop the change; a cancel does',
    async () => {
      await sandbox.faults.plant('ssh-slow', ['node-3', '100000']);
      const his = new Terminal('bob', ['add', 'node-3', '--break-glass', 'Slack is down']);
      await until(() => /BREAK GLASS[\s\S]*Started\./.test(his.err));
      const other = /Plan of (lab-[a-z0-9]{6})/.exec(his.err)?.[1] ?? '';
      his.interrupt();
      expect(await his.code).toBe(130);
      expect(his.err).toContain(`${other} goes on without this command.`);
      expect((await shown(other)).change.state).toBe('applying');
      const cancelled = await run('carol', 'cancel', other);
      expect(cancelled.code).toBe(0);
      expect((await shown(other)).change.state).toBe('cancelled');
      await sandbox.faults.clear('ssh-slow');
    },
    LIMIT_MS,
  );

  it(
    'both back: one true card for each, which says where it comes from, and a valid journal',
    async () => {
      await sandbox.services.redis.start(new AbortController().signal);
      await sandbox.services.bot.start(new AbortController().signal);
      const cards = () =>
        sandbox.slack
          .messages()
          .filter(
            ({ author, threadTs, ephemeralFor }) =>
              author.isBot && threadTs === undefined && ephemeralFor === undefined,
          );
      const texts = () => cards().map((card) => JSON.stringify(card));
      await until(() => texts().filter((text) => text.includes('rom the terminal')).length === 2);
      // What happened meanwhile comes entry by entry, and the bot may draw the card in between.
      await until(() => texts().some((text) => text.includes(id) && text.includes('Served 13/13 images')));
      expect(texts().filter((text) => text.includes(id))).toHaveLength(1);
      expect(texts().find((text) => !text.includes(id))).toContain('Slack is down');
      const verified = await run('root', 'journal', 'verify', '--file', join(sandbox.folder, 'worker/journal.jsonl'));
      expect(verified.code).toBe(0);
    },
    LIMIT_MS,
  );
});

it(
  'with both there, a request in Slack waits for the change from the terminal, and its card says so',
  async () => {
    await sandbox.faults.plant('ssh-slow', ['node-3', '100000']);
    const his = new Terminal('bob', ['add', 'node-3', '--break-glass', 'no approver is awake']);
    await until(() => his.err.includes('Started.'));
    const first = /Plan of (lab-[a-z0-9]{6})/.exec(his.err)?.[1] ?? '';
    await sandbox.slack.command('alice', '/registry-ha remove node-2');
    const said = () => sandbox.slack.messages().map((message) => JSON.stringify(message));
    const waits = `Waiting for ${first}, which was started at the terminal`;
    await until(() => said().some((text) => text.includes('Queued.') && text.includes(waits)));
    await sandbox.faults.clear('ssh-slow');
    expect(await his.code).toBe(0);
    await until(() =>
      said().some((text) => text.includes('Remove the registry') && text.includes('The plan is ready.')),
    );
  },
  LIMIT_MS,
);
