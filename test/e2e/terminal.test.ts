import { execFile } from 'node:child_process';
import { chmod, copyFile, cp, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bareEnvironment } from '../../sandbox/place.ts';
import { becomesTrue } from '../../sandbox/processes/poll.ts';
import { program } from '../../sandbox/processes/program.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { needs } from '../fixtures/needs.ts';
import { removeFolder } from '../harness/stage/own-folder.ts';

const LIMIT_MS = 300_000;
/** Five cases of one cluster share a sandbox, because a start takes seconds. */
let sandbox: Sandbox;
let cli: string;
let id: string;

const until = async (look: () => boolean | Promise<boolean>) => {
  if (!(await becomesTrue(look, LIMIT_MS, new AbortController().signal))) throw new Error(`It never came: ${look}`);
};
const last = async () => {
  const seen = await sandbox.changes.read();
  return (seen.are === 'seen' ? seen.changes : seen.last).at(-1);
};

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** As another user, with a program that this user can read. */
interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
  readonly cli?: string;
}

/** Types a command on the bootstrap node. */
const typed = (...words: readonly string[]): Promise<Ended> =>
  run([...words, '--config', join(sandbox.folder, 'worker.yaml')]);

function run(words: readonly string[], { cli: path = cli, ...user }: RunAs = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      [path, ...words],
      { ...user, env: bareEnvironment(process.env), timeout: LIMIT_MS },
      (_, out, err) =>
        child.exitCode === null
          ? reject(new Error(`It was killed: ${err}`))
          : resolve({ code: child.exitCode, out, err }),
    );
  });
}

/** Every file of the worker, with its content and the time of its last change. */
async function filesOfWorker(): Promise<readonly string[]> {
  const folder = join(sandbox.folder, 'worker');
  const names = (await readdir(folder)).filter((name) => !name.endsWith('.sock')).toSorted();
  return await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const [{ mtimeMs, mode }, content] = await Promise.all([stat(path), readFile(path, 'base64')]);
      return `${name} ${mtimeMs} ${mode} ${content}`;
    }),
  );
}

beforeAll(async () => {
  [sandbox, cli] = await Promise.all([startSandbox({ log: () => undefined }), program()]);
  await sandbox.slack.command('alice', '/registry-ha add node-2 --reason "new disk"');
  await until(async () => (await last())?.state === 'planned');
}, LIMIT_MS);
afterAll(() => sandbox?.close());

describe('while the worker carries out a change', () => {
  let during: readonly Ended[];
  beforeAll(async () => {
    await sandbox.faults.plant('ssh-slow', ['node-2', '100000']);
    await until(() =>
      sandbox.slack.click('bob', 'Approve').then(
        () => true,
        () => false,
      ),
    );
    await until(async () => (await last())?.state === 'applying');
    const commands = [['verify'], ['verify', '--json'], ['status'], ['changes']];
    during = await Promise.all(commands.map((words) => typed(...words)));
    id = (await last())?.id ?? '';
    await sandbox.faults.clear('ssh-slow');
    await until(async () => (await last())?.state === 'done');
  }, LIMIT_MS);

  it('verify starts nothing, names the change and exits 4', () => {
    const [plain, json] = during;
    expect(plain).toMatchObject({ code: 4, out: '' });
    expect(plain?.err).toContain(`The worker carries out ${id} now. Nothing was started.`);
    expect(json?.code).toBe(4);
    expect(JSON.parse(json?.out ?? '')).toMatchObject({ v: 1, is: 'busy', change: id });
  });

  it('status and changes show it', () => {
    const [, , status, changes] = during;
    expect(status?.out).toMatch(new RegExp(`1 open change\n• ${id} .*requested by alice: in progress, `));
    expect(changes).toMatchObject({ code: 0, err: '' });
    expect(changes?.out).toContain(`1 open change in lab\n• ${id} `);
  });
});

describe('with Slack and Redis down', () => {
  let before: readonly string[];
  beforeAll(async () => {
    await sandbox.services.bot.kill();
    await sandbox.services.redis.kill();
    before = await filesOfWorker();
  });

  it('status inspects the cluster, says that HA holds, and exits 0', async () => {
    const [{ code, out }, { out: json }] = await Promise.all([typed('status'), typed('status', '--json')]);
    expect(out).toContain('lab: HA holds: 2 registries serve all 13 images, all 4 engines list them.\n');
    expect(out).toContain('Inspected just now, by this command.');
    expect(out).toContain('There is no open change.');
    expect(code).toBe(0);
    expect(JSON.parse(json)).toMatchObject({ v: 1, is: 'answered', question: 'status', verdict: 'holds', open: [] });
  });

  it('verify proves the registries, and hashes every layer if it is asked to', async () => {
    const { code, out, err } = await typed('verify', 'node-2', '--deep');
    expect(out).toMatch(
      /^lab: Proved: served 13\/13 images of 3 archives, every layer hashed \(.*\), engines 4\/4\.\n/,
    );
    expect(out).toContain('The result is not in the worker’s journal');
    expect(err).toMatch(/^Comparing the registries…\n/);
    expect(code).toBe(0);
  });

  it('changes, show and log have what the worker’s journal has', async () => {
    const commands = [
      ['changes', '--all'],
      ['show', id],
      ['log', id],
      ['show', id, '--json'],
      ['history', 'node-2'],
    ];
    const ended = await Promise.all(commands.map((words) => typed(...words)));
    expect(ended.map(({ code, err }) => ({ code, err }))).toEqual(commands.map(() => ({ code: 0, err: '' })));
    const [changes = '', show = '', log = '', shown = '', history = ''] = ended.map(({ out }) => out);
    expect(changes).toMatch(new RegExp(`^1 change in lab\n• ${id} .*requested by alice: done at `));
    expect(show).toContain('Reason: “new disk”');
    expect(show).toContain('Approved by U0BOB.');
    expect(show).toMatch(/• .*: done in /);
    expect(log).toContain('requested by U0ALICE (alice): add node-2, reason: new disk');
    expect(history).toMatch(new RegExp(`^1 change of node-2 in lab\n• ${id} `));
    const json = JSON.parse(shown);
    expect(json.change).toMatchObject({ id, verb: 'add', nodes: ['node-2'], state: 'done', failure: null });
    expect(json.steps.length).toBeGreaterThan(5);
  });

  it('plan makes the whole plan as a file that can be checked, or says why the change would be refused', async () => {
    const removal = ['plan', 'remove', 'node-2', '--last'];
    const [refused, json, plan] = await Promise.all([
      typed('plan', 'add', 'node-2'),
      typed(...removal, '--json'),
      typed(...removal),
    ]);
    expect(refused).toMatchObject({ code: 2, out: '' });
    expect(refused.err).toMatch(/The change would be refused: .*\nNothing was requested, and nobody was notified\./);
    const found = JSON.parse(json.out);
    expect(found).toMatchObject({ is: 'answered', question: 'plan', plan: { approved: { change: 'CHANGE' } } });
    expect(plan.err).toContain('To request it: registry-ha remove node-2 --last --cluster lab');
    const path = join(sandbox.folder, 'plan-CHANGE.txt');
    await writeFile(path, plan.out);
    const checked = await typed('plan', 'digest', path);
    expect(checked.out).toContain(`Digest: ${found.digest}\n`);
    expect(checked.out).toContain('Dry run of remove node-2 --last, on the cluster lab. It belongs to no change.');
    expect([json.code, plan.code, checked.code]).toEqual([0, 0, 0]);
  });

  it('refuses what the journal does not have with 2, and wrong words with 3', async () => {
    const [unknown, wrong] = await Promise.all([typed('show', 'lab-zzzzzz'), typed('verify', '--dep')]);
    expect([unknown.code, unknown.out]).toEqual([2, '']);
    expect(unknown.err).toContain('To list the changes that it has: registry-ha changes --all');
    expect([wrong.code, wrong.out]).toEqual([3, '']);
    expect(wrong.err).toContain('Did you mean “--deep”?');
  });

  needs(process.getuid?.() === 0, 'root, to become another user')(
    'refuses a user who may not read the worker’s folder',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'registry-ha-user-'));
      const copy = join(folder, 'program');
      await cp(dirname(cli), copy, { recursive: true });
      for (const each of [folder, copy]) await chmod(each, 0o755);
      const config = join(folder, 'worker.yaml');
      await copyFile(join(sandbox.folder, 'worker.yaml'), config);
      const nobody = { uid: 65_534, gid: 65_534 };
      const ended = await run(['status', '--config', config], { ...nobody, cli: join(copy, 'cli.js') }).finally(() =>
        removeFolder(folder),
      );
      expect(ended).toMatchObject({ code: 2, out: '' });
      expect(ended.err).toMatch(/^You may not read the worker’s folder .*worker \(EACCES\)\. Run the command as root/);
    },
  );

  it('leaves the running worker and all of its files as they were', async () => {
    expect(await filesOfWorker()).toEqual(before);
    expect(sandbox.services.worker.pid).not.toBeNull();
  });

  it('says that the worker does not answer, without any doubt about the cluster', async () => {
    await sandbox.services.worker.kill();
    const { code, out } = await typed('status');
    expect(out).toContain('lab: HA holds:');
    expect(out).toContain('The worker does not answer on this node. Check it: systemctl status registry-ha-worker');
    expect(code).toBe(0);
  });
});
