import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { removeFolder } from '../harness/stage/own-folder.ts';

const MAIN = join(import.meta.dirname, '../../sandbox/main.ts');
/** Only a hang takes this long, even on a busy machine. */
const LIMIT_MS = 600_000;
const POLL = { timeout: 300_000 };
vi.setConfig({ testTimeout: LIMIT_MS });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'registry-ha-command-'));
});
afterEach(() => removeFolder(folder));

/** Starts the command as an operator does; all its files are below `folder`. */
function sandbox(...words: readonly string[]): ChildProcess {
  const env = { ...process.env, TMPDIR: folder };
  return spawn(process.execPath, [MAIN, ...words], { env, stdio: ['pipe', 'pipe', 'pipe'] });
}

async function run(scenario: string, ...words: readonly string[]) {
  const child = sandbox('run', ...words);
  const exited = once(child, 'exit');
  if (child.stdout === null || child.stderr === null) throw new Error('no pipes');
  child.stdin?.end(scenario);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { stdout, stderr, code };
}

/** Processes whose command line or working files name the folder. */
async function processesOf(place: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    // A process may end while it is read.
    pids.map(async (pid) => `${pid} ${await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')}`),
  );
  return lines.filter((line) => line.includes(place));
}

test('exits 2 with every mistake of an invalid scenario, and starts nothing', async () => {
  const { code, stdout } = await run('alice> hello\nwai done\n');
  expect(code).toBe(2);
  expect(stdout).toMatch(/line 1: .*\nline 2: .*Did you mean “wait”/);
  expect(await readdir(folder)).toEqual([]);
});

test('exits 2 with an explanation for a wrong option or value, and starts nothing', async () => {
  const option = await run('', '--jsno');
  expect([option.code, option.stdout]).toEqual([2, '']);
  expect(option.stderr).toBe(
    "Unknown option '--jsno' (Did you mean --json?)\n`npm run sandbox -- run --help` lists the options.\n",
  );
  const pace = await run('', '--pace', '0');
  expect([pace.code, pace.stderr]).toEqual([2, expect.stringContaining('It must be a number greater than 0.')]);
  expect(await readdir(folder)).toEqual([]);
});

test('exits 2 with the mistakes of an invalid cluster description', async () => {
  const description = join(folder, 'wrong.yaml');
  await writeFile(description, 'nodes: []\n');
  const { code, stdout } = await run('wait done\n', '--cluster', description);
  expect(code).toBe(2);
  expect(stdout).toContain('does not describe a cluster');
});

test('exits 2 before anything is started for impossible faults or an invalid policy', async () => {
  const policy = join(folder, 'own-policy.yaml');
  await writeFile(policy, 'clusters: {}\n');
  const faults = await run('fault ssh-refused\nfault ssh-slow node-99 100\nfault slack-429\nwait done\n');
  expect(faults.code).toBe(2);
  expect(faults.stdout).toMatch(/line 1: .*ssh-refused NODE.*\nline 2: .*no node node-99/);
  expect(faults.stdout).not.toContain('line 3');
  const wrong = await run('wait done\n', '--policy', policy);
  expect(wrong.code).toBe(2);
  expect(wrong.stdout).toContain(policy);
  expect(await readdir(folder)).toEqual(['own-policy.yaml']);
});

test('exits 1 for an unmet expectation, and prints line, statement, what was found instead, logs, and JSON last', async () => {
  const { code, stdout, stderr } = await run('alice> /registry-ha add node-22\nwait planned\n', '--json', '--http');
  expect(code).toBe(1);
  expect(stderr).toContain('Line 2 was not met: wait planned');
  expect(stderr).toContain('There is no node node-22 in this cluster.');
  expect(stderr).toContain('Last lines of the worker log:');
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(1);
  const result: unknown = JSON.parse(lines[0] ?? '');
  expect(result).toMatchObject({
    passed: false,
    failedAt: 'wait planned',
    changes: [{ verb: 'add', state: 'refused', steps: [] }],
    nodes: { 'node-2': { registry: null, served: 0, expected: 13 } },
    faults: [],
  });
  expect(await readdir(folder)).toEqual([]);
  expect(await processesOf(folder)).toEqual([]);
});

test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
  'leaves no process or file of the sandbox after %s',
  async (signal) => {
    const child = sandbox();
    const exited = once(child, 'exit');
    let said = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    await expect.poll(() => said, POLL).toContain('The sandbox is ready.');
    expect(said).toMatch(/http:\/\/127\.0\.0\.1:\d+\//);
    expect((await processesOf(folder)).length).toBeGreaterThanOrEqual(3);
    child.kill(signal);
    const [code] = await exited;
    expect(code).toBe(signal === 'SIGKILL' ? null : 0);
    await expect.poll(() => readdir(folder), POLL).toEqual([]);
    await expect.poll(() => processesOf(folder), POLL).toEqual([]);
  },
);

/** Starts a part of the sandbox; resolves to its output once that contains `last`. */
async function started(last: string, ...words: readonly string[]) {
  const child = sandbox(...words);
  const exited = once(child, 'exit');
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await expect.poll(() => said, POLL).toContain(last);
  return {
    said,
    async end() {
      child.kill('SIGINT');
      await exited;
    },
  };
}

test('the cluster alone accepts a real ssh client with the printed key and address', async () => {
  const cluster = await started('Press Ctrl-C to stop', 'cluster', '--pace', '0.02');
  const key = /-i (\S+)/.exec(cluster.said)?.[1] ?? '';
  const [, port = '', login = ''] = /node-2\s+ssh -p (\d+) (\S+)/.exec(cluster.said) ?? [];
  const options = [
    '-o',
    'StrictHostKeyChecking=no',
    '-o',
    'UserKnownHostsFile=/dev/null',
    '-o',
    'LogLevel=ERROR',
    '-F',
    'none',
  ];
  const ssh = spawn('ssh', [...options, '-i', key, '-p', port, login, 'hostname'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  expect(await text(ssh.stdout)).toBe('node-2\n');
  await cluster.end();
  expect(await readdir(folder)).toEqual([]);
});

test('the local Slack alone answers a bot with the printed URL and token', async () => {
  const slack = await started('Press Ctrl-C to stop', 'slack');
  const api = /SLACK_API_URL=(\S+)/.exec(slack.said)?.[1] ?? '';
  const token = /BOT_TOKEN=(\S+)/.exec(slack.said)?.[1] ?? '';
  const answer = await fetch(`${api}auth.test`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
  expect(await answer.json()).toMatchObject({ ok: true });
  await slack.end();
});
