import { existsSync } from 'node:fs';
import { readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { NodeRuns } from '../../../src/adapters/salt/node-runs.ts';
import type { StateRun } from '../../../src/domain/cluster/salt.ts';
import { type Command, command, withSudo } from '../../../src/domain/node-commands/command.ts';
import { exit } from '../../../src/domain/node-commands/ended.ts';
import { runCommands, runIn } from '../../../src/domain/node-commands/run-commands.ts';
import { systemClock as clock } from '../../../src/runtime/clock.ts';
import { removeFolder } from '../../harness/stage/own-folder.ts';
import { limits, type SshStage, sshStage } from '../ssh/stage.ts';
import { until } from '../ssh/until.ts';

let stage: SshStage;
let folder: string;
/** The log of a stand-in salt-call, a line for each run; a run ends when `go` exists, as that script says. */
let asked: string;
let go: string;

beforeAll(async () => {
  stage = await sshStage();
  await stage.pin();
  folder = join(stage.folder, "it's", 'runs here');
  [asked, go] = [join(stage.folder, 'asked'), join(stage.folder, 'go')];
  const waits = `while [ ! -e '${go}' ]; do sleep 0.05; done`;
  const script = `#!/bin/sh\nprintf '%s|' "$$" "$@" >>'${asked}'; echo >>'${asked}'\n${waits}\n. '${go}'\n`;
  await writeFile(join(stage.sshd.binFolder, 'salt-call'), script, { mode: 0o755 });
});
afterAll(() => stage.close());
afterEach(async () => {
  for (const path of [join(stage.folder, "it's"), asked, go]) await removeFolder(path);
});

const LINE = command('env', 'LC_ALL=C.UTF-8', 'salt-call', 'state.sls', 'a  b', "it's $HOME", '"', '*');
const signal = () => new AbortController().signal;
const once = (more: Partial<StateRun> = {}): StateRun => ({
  name: 'lab-1.mount_node-2.1.0',
  again: false,
  onWait: () => undefined,
  ...more,
});
const runs = () => new NodeRuns({ shell: stage.shell, clock, folder });
const result = (run = once(), line: Command = LINE, on = runs(), end = signal()) =>
  on.result(stage.access, line, run, end);
const asks = async (): Promise<readonly string[]> =>
  (await readFile(asked, 'utf8').catch(() => '')).split('\n').filter(Boolean);
const begun = () => until(async () => (await asks()).length > 0);
/** Atomically, because the stand-in reads the file as soon as it exists. */
const end = async (script: string): Promise<void> => {
  await writeFile(`${go}.new`, script);
  await rename(`${go}.new`, go);
};

describe('a state run on a node', () => {
  it('survives a lost connection and is not started twice', async () => {
    const waited: string[] = [];
    const answer = result(once({ onWait: (says) => void waited.push(says) }));
    await begun();
    expect(await stage.sshd.killSessions()).toBeGreaterThan(0);
    await until(async () => waited.length > 0 || (await stage.sshd.sessions()).length > 0);
    await stage.sshd.killSessions();
    await end('echo "the result"; echo "a word" >&2; exit 2\n');
    expect(await answer).toEqual({ ended: exit(2), stdout: 'the result\n', stderr: 'a word\n' });
    expect(await asks()).toHaveLength(1);
  });

  it('survives its worker', async () => {
    const first = new AbortController();
    const dying = result(once(), LINE, runs(), first.signal);
    await begun();
    first.abort(new Error('the worker was told to stop'));
    await expect(dying).rejects.toThrow('told to stop');
    const next = result();
    await end('echo fine\n');
    expect(await next).toEqual({ ended: exit(0), stdout: 'fine\n', stderr: '' });
    expect(await result()).toEqual({ ended: exit(0), stdout: 'fine\n', stderr: '' });
    expect(await asks()).toHaveLength(1);
  });

  it('is started once by two simultaneous calls', async () => {
    await end('sleep 0.3; echo one\n');
    const both = await Promise.all([result(), result()]);
    expect(both.map(({ stdout }) => stdout)).toEqual(['one\n', 'one\n']);
    expect(await asks()).toHaveLength(1);
  });

  it('runs exactly the shown command', async () => {
    await end('echo "$LC_ALL"\n');
    expect((await result(once(), withSudo(LINE))).stdout).toBe('C.UTF-8\n');
    expect((await asks())[0]?.replace(/^\d+/, '')).toBe('|state.sls|a  b|it\'s $HOME|"|*|');
  });

  it('returns a long answer whole, with characters on slice borders', async () => {
    await end('head -c 1500001 /dev/zero | sed "s/\\x00/é/g"\n');
    const { ended, stdout } = await result();
    expect([ended, stdout.length, stdout === 'é'.repeat(1_500_001)]).toEqual([exit(0), 1_500_001, true]);
  });

  it('that was killed ends as unknown', async () => {
    const answer = result();
    await begun();
    const [pid] = (await asks())[0]?.split('|') ?? [];
    const session = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ')[3];
    process.kill(-Number(session), 'SIGKILL');
    expect(await answer).toMatchObject({ ended: { is: 'unknown', says: expect.stringContaining('was killed') } });
    await end('echo "the second"\n');
    expect(await result()).toMatchObject({ ended: { is: 'unknown' } });
    expect(await result(once({ again: true }))).toMatchObject({ ended: exit(0), stdout: 'the second\n' });
    expect(await asks()).toHaveLength(2);
  });

  it('whose node was rebooted ends as unknown', async () => {
    const answer = result();
    await begun();
    await removeFolder(folder);
    await stage.sshd.killSessions();
    expect(await answer).toMatchObject({ ended: { is: 'unknown', says: expect.stringContaining('rebooted') } });
    await end('true\n');
  });

  it('does not hold its session open', async () => {
    const { program, args } = runCommands(join(folder, 'short'), LINE).start(false);
    const atOnce = { program, args: args.map((word) => (word === '15' ? '1' : word)) };
    const state = runIn(await stage.shell.run(stage.access, atOnce, limits()));
    expect(state).toEqual({ is: 'running' });
    await end('true\n');
  });

  it('writes private files and removes them', async () => {
    await end('echo fine\n');
    await result();
    const modes = [folder, join(folder, once().name)].map(async (path) => (await stat(path)).mode & 0o777);
    expect(await Promise.all(modes)).toEqual([0o700, 0o700]);
    await result(once({ name: 'lab-1.deploy_node-2.1.0' }));
    expect(await readdir(folder)).toEqual(['lab-1.deploy_node-2.1.0']);
    await runs().forget(stage.access, LINE, 'lab-1.deploy_node-2.1.0', signal());
    expect(existsSync(folder)).toBe(false);
  });

  it('is not forgotten while it runs', async () => {
    const answer = result();
    await begun();
    await runs().forget(stage.access, LINE, once().name, signal());
    await end('echo still\n');
    expect(await answer).toMatchObject({ stdout: 'still\n' });
  });

  it('that cannot start ends at once', async () => {
    const other = new NodeRuns({ shell: stage.shell, clock, folder: '/proc/nowhere' });
    expect(await result(once(), LINE, other)).toMatchObject({
      ended: exit(1),
      stderr: expect.stringContaining('mkdir'),
    });
  });
});
