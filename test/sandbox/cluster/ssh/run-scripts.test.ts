import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { command, render, withSudo } from '../../../../src/domain/node-commands/command.ts';
import { type Ended, exit, hasExited } from '../../../../src/domain/node-commands/ended.ts';
import { runCommands, runIn } from '../../../../src/domain/node-commands/run-commands.ts';
import { nodeOf, type Started, started, until } from '../started.ts';

let cluster: Started;
beforeAll(async () => {
  cluster = await started();
});
afterAll(() => cluster[Symbol.asyncDispose]());

const PING = command('env', 'LC_ALL=C.UTF-8', 'salt-call', '--out=json', '--out-indent=-1', 'test.ping');
const inRuns = (name: string) => runCommands(`/run/registry-ha/${name}`, withSudo(PING));
const statusOf = async (which: ReturnType<typeof inRuns>['follow']) => runIn(await answer(render(which)));
const lost: Ended = { is: 'connection-lost' };
const answer = async (line: string) => {
  const { code, stdout, stderr } = await cluster.run('node-1', line);
  return { ended: code === null ? lost : exit(code), stdout, stderr };
};
/** How often salt-call ran on the node. */
const pings = () => nodeOf(cluster.cluster, 'node-1').commandLog.filter(({ line }) => line === render(PING));

it('runs a state once, reports how it ended, and removes its files', async () => {
  const { start, follow, read, forget } = inRuns('one');
  expect(await statusOf(follow)).toEqual({ is: 'absent' });
  const ended = { is: 'ended', exitCode: 0, bytes: 16, begins: Buffer.from('{"local": true}\n'), stderr: '' };
  expect(await statusOf(start(false))).toEqual(ended);
  expect(await statusOf(start(false))).toEqual(ended);
  expect(await statusOf(follow)).toEqual(ended);
  expect(pings()).toHaveLength(1);
  expect((await answer(render(read(10)))).stdout).toBe(Buffer.from('true}\n').toString('base64'));
  const folder = join(nodeOf(cluster.cluster, 'node-1').root, 'run/registry-ha');
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect(await statusOf(start(true))).toEqual(ended);
  expect(pings()).toHaveLength(2);
  expect((await answer(render(forget))).ended).toEqual(exit(0));
  await expect(stat(folder)).rejects.toThrow('ENOENT');
});

it('keeps a run going when its connection breaks; a killed run leaves no exit code', async () => {
  await cluster.cluster.fault('salt-call-cut', ['node-1']);
  const { start, follow } = inRuns('two');
  expect((await answer(render(start(false)))).ended).toBe(lost);
  await until('the run ended', async () => (await statusOf(follow))?.is === 'ended');
  await cluster.cluster.fault('salt-call-killed', ['node-1']);
  await statusOf(inRuns('three').start(false));
  expect(await statusOf(inRuns('three').follow)).toEqual({ is: 'gone' });
  expect(cluster.cluster.faults()).toEqual([]);
});

it('lets only root start a run, and only of salt-call', async () => {
  const other = runCommands('/run/registry-ha/four', withSudo(command('reboot')));
  expect(await statusOf(other.start(false))).toMatchObject({ is: 'ended', exitCode: 127 });
  const asUser = runCommands('/run/registry-ha/five', PING).start(false);
  const { user } = nodeOf(cluster.cluster, 'node-1').ssh;
  expect(hasExited(await answer(render(asUser)))).toBe(user === 'root');
});
