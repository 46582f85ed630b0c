import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Kubernetes, startKubernetes } from '../../../../sandbox/cluster/kube/kube-api.ts';
import { type StandIn, standIn } from '../acts-stand-in.ts';
import { runMaster } from '../salt/run.ts';
import { type ExecWhere, exec as execWith, exitCodeOf } from './exec-client.ts';

let cluster: StandIn;
let kube: Kubernetes;
beforeEach(async () => {
  cluster = await standIn();
  kube = await startKubernetes(cluster.world, cluster.acts, { folder: cluster.folder });
});
afterEach(async () => {
  await kube.close();
  await cluster.close();
});

const exec = (argv: readonly string[], where: ExecWhere = {}) => execWith(kube.kubeconfigPath, argv, where);
const ENGINE = ['salt', '*', 'state.sls', 'metalk8s.container-engine', 'saltenv=metalk8s-128.0.1', '--out=json'];

test('sends stdout, stderr and the exit code on separate channels', async () => {
  const ping = await exec(['salt', '-L', 'node-1', 'test.ping', '--out=json', '--out-indent=-1']);
  expect(ping).toMatchObject({ stdout: '{"node-1": true}\n', stderr: '', status: { status: 'Success' } });
  const none = await exec(['salt', 'nosuch*', 'test.ping', '--out=json']);
  expect(none.stderr).toBe('ERROR: No return received\n');
  expect(none.status).toMatchObject({ status: 'Failure', reason: 'NonZeroExitCode' });
  expect(exitCodeOf(none.status)).toBe('2');
});

test.each([
  ['an unknown pod', { pod: 'salt-master-node-9' }, '404'],
  ['an unknown container', { container: 'salt' }, '400'],
])('%s refuses the upgrade', async (_what, where, code) => {
  await expect(exec(['salt-run', 'manage.up'], where)).rejects.toMatchObject({
    message: expect.stringContaining(code),
  });
});

test('answers an unknown program with an internal error and the runtime’s text, not with an exit code', async () => {
  const { status } = await exec(['kubectl', 'get', 'nodes']);
  expect(status).toMatchObject({
    reason: 'InternalError',
    message: expect.stringContaining('executable file not found in $PATH'),
  });
});

test.each([
  ['by default without any status', [], null],
  ['as a success without any output', ['0'], { status: 'Success' }],
  ['as a broken stream', ['1'], { status: 'Failure', message: expect.stringContaining('unexpected EOF') }],
  ['as exit code 137', ['137'], { status: 'Failure', details: { causes: [{ reason: 'ExitCode', message: '137' }] } }],
])('restarting containerd on the bootstrap ends the session %s, and the jobs go on', async (_how, words, expected) => {
  if (words.length > 0) cluster.world.faults.set('exec-cut', words);
  // Every node's first run writes a new config.toml, so every engine restarts; node-1 and node-2 may have answered before.
  const ended = await exec(ENGINE.with(1, 'bootstrap'));
  if (expected === null) expect(ended.status).toBeNull();
  else expect(ended.status).toMatchObject(expected);
  expect(ended.stdout).toBe('');
  const jobs = await untilNobodyRuns();
  expect(jobs).toContain('"Result": {');
  expect(jobs).toContain('"retcode": 0');
});

test('returns the whole answer with exec-cut off', async () => {
  cluster.world.faults.set('exec-cut', ['off']);
  const { stdout, status } = await exec(ENGINE.with(1, 'bootstrap'));
  expect(status).toMatchObject({ status: 'Success' });
  expect(Object.keys(JSON.parse(stdout))).toEqual(['bootstrap']);
});

test('runs the words unchanged on this computer, with stdin and without a shell', async () => {
  await kube.close();
  kube = await startKubernetes(cluster.world, cluster.acts, { folder: cluster.folder, execOnHost: true });
  const plain = await exec(['printf', '%s', '$HOME; x']);
  expect(plain.stdout).toBe('$HOME; x');
  const echoed = await exec(['cat'], { stdin: Readable.from([Buffer.from('over the wire')]) });
  expect(echoed).toMatchObject({ stdout: 'over the wire', status: { status: 'Success' } });
  expect(exitCodeOf((await exec(['false'])).status)).toBe('1');
});

/** The record of the one job, once it is complete. */
async function untilNobodyRuns(): Promise<string> {
  await expect.poll(() => cluster.node('bootstrap').minion.running, { interval: 5 }).toBeNull();
  const { stdout } = await runMaster(cluster, ['salt-run', 'jobs.list_jobs', '--out=json']);
  const [jid = ''] = Object.keys(JSON.parse(stdout));
  return (await runMaster(cluster, ['salt-run', 'jobs.list_job', jid, '--out=json'])).stdout;
}
