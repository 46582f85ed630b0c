import { afterEach, beforeEach, expect, test } from 'vitest';
import { runSaltCall } from '../../../../sandbox/cluster/salt/cli/salt-call.ts';
import { jobCacheOf } from '../../../../sandbox/cluster/salt/job-cache.ts';
import { type StandIn, standIn } from '../acts-stand-in.ts';
import { capture, documents, record, runMaster } from './run.ts';

let cluster: StandIn;
beforeEach(async () => {
  cluster = await standIn(0.01);
});
afterEach(() => cluster.close());

const ENV = 'saltenv=metalk8s-128.0.1';
const ENGINE = ['state.sls', 'metalk8s.container-engine', ENV];

async function startAsync(target: readonly string[], words: readonly string[]): Promise<string> {
  const { stdout, exitCode } = await runMaster(cluster, ['salt', '--async', ...target, ...words]);
  expect(exitCode).toBe(0);
  const jid = /^Executed command with job ID: (\d{20})\n$/.exec(stdout)?.[1];
  if (jid === undefined) throw new Error(stdout);
  return jid;
}

async function listJob(jid: string): Promise<Record<string, unknown>> {
  const { stdout, exitCode } = await runMaster(cluster, ['salt-run', 'jobs.list_job', jid, '--out=json']);
  expect(exitCode).toBe(0);
  return record(JSON.parse(stdout));
}

async function finished(jid: string, minions: number): Promise<Record<string, unknown>> {
  await expect.poll(async () => Object.keys(record((await listJob(jid))['Result'])).length).toBe(minions);
  return await listJob(jid);
}

test('finds an asynchronous job by its ID, in the real runner’s format', async () => {
  const letGo = cluster.hold();
  const jid = await startAsync(['*'], ENGINE);
  expect(record((await listJob(jid))['Result'])).toEqual({});
  letGo();
  const job = await finished(jid, 3);
  const real = record(JSON.parse((await capture('r-list_job-json')).stdout));
  expect(Object.keys(job)).toEqual(Object.keys(real));
  expect(job).toMatchObject({ jid, Minions: ['bootstrap', 'node-1', 'node-2'], Target: '*', 'Target-type': 'glob' });
  expect(job['Arguments']).toEqual(['metalk8s.container-engine', { __kwarg__: true, saltenv: 'metalk8s-128.0.1' }]);
  const answer = record(record(job['Result'])['node-1']);
  expect({ ...answer, return: null }).toEqual({ return: null, retcode: 0, success: true, out: 'highstate' });
  expect(await runMaster(cluster, ['salt-run', 'jobs.active', '--out=json'])).toMatchObject({ stdout: '{}\n' });
});

test('adds Salt’s event fields to the stored return of a failed run, so readers must rely on result alone', async () => {
  cluster.world.faults.set('state-fails', ['node-2', 'metalk8s.container-engine', 'disk', 'is', 'full']);
  const jid = await startAsync(['-L', 'node-1,node-2'], ENGINE);
  const job = await finished(jid, 2);
  const failed = record(record(job['Result'])['node-2']);
  expect(failed).toMatchObject({ retcode: 2, success: false });
  const states = Object.values(record(failed['return'])).map(record);
  expect(states.every((state) => state['retcode'] === 2)).toBe(true);
  const broken = states.filter((state) => state['result'] === false);
  expect(broken).toHaveLength(1);
  expect(broken[0]).toMatchObject({
    comment: 'disk is full',
    jid,
    id: 'node-2',
    success: false,
    fun: 'state.sls',
    return: 'Error: service.running',
  });
});

test('keeps the job running when the command is killed', async () => {
  const kill = new AbortController();
  const letGo = cluster.hold();
  const run = runMaster(cluster, ['salt', '*', '--show-jid', ...ENGINE, '--out=json', '--out-indent=-1'], kill.signal);
  await expect.poll(() => cluster.node('node-1').minion.running, { interval: 1 }).not.toBeNull();
  kill.abort();
  letGo();
  const { stdout, exitCode } = await run;
  expect({ exitCode, jidOnly: /^jid: \d{20}\n$/.test(stdout) }).toEqual({ exitCode: 143, jidOnly: true });
  await finished(stdout.slice(5, 25), 3);
});

test('keeps a job that is lost on one node pending for ever, unknown to find_job', async () => {
  cluster.world.faults.set('engine-lost', ['node-2']);
  const jid = await startAsync(['*'], ENGINE);
  const job = await finished(jid, 2);
  expect(Object.keys(record(job['Result']))).not.toContain('node-2');
  const { stdout } = await runMaster(cluster, [
    'salt',
    '-L',
    'node-2',
    'saltutil.find_job',
    jid,
    '--out=json',
    '--out-indent=-1',
  ]);
  expect(documents(stdout)).toEqual([{ 'node-2': {} }]);
});

test('shows a running job in find_job and running', async () => {
  const letGo = cluster.hold();
  const jid = await startAsync(['-L', 'node-2'], ENGINE);
  await expect.poll(() => cluster.node('node-2').minion.running, { interval: 1 }).not.toBeNull();
  const { stdout } = await runMaster(cluster, [
    'salt',
    'node-2',
    'saltutil.find_job',
    jid,
    '--out=json',
    '--out-indent=-1',
  ]);
  expect(documents(stdout)[0]).toMatchObject({ 'node-2': { jid, fun: 'state.sls', tgt_type: 'list' } });
  cluster.world.faults.set('salt-busy', ['node-1']);
  const told = await runMaster(cluster, [
    'salt',
    '-L',
    'node-1,node-2',
    'saltutil.running',
    '--out=json',
    '--out-indent=-1',
  ]);
  const [one, two] = documents(told.stdout).toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
  expect(one).toMatchObject({ 'node-1': [{ fun: 'state.highstate', pid: 4711 }] });
  expect(two).toMatchObject({ 'node-2': [{ jid, fun: 'state.sls' }] });
  cluster.world.faults.clear('salt-busy');
  letGo();
  await finished(jid, 1);
});

test('reports an unknown job ID in Error, and finds salt-call runs by their command line', async () => {
  expect(await listJob('20200101000000000000')).toMatchObject({
    Error: 'Cannot contact returner or no job with this jid',
    Result: {},
  });
  const marked = ['metalk8s.repo.configured', ENV, 'pillar={"chatops_run": "7"}'];
  await runSaltCall(cluster.world, cluster.acts, cluster.node('bootstrap'), ['--out=json', 'state.sls', ...marked]);
  const { stdout } = await runMaster(cluster, [
    'salt-run',
    'jobs.list_jobs',
    'search_target=bootstrap',
    'search_function=state.sls',
    '--out=json',
  ]);
  expect(Object.values(record(JSON.parse(stdout))).map((job) => record(job)['Arguments'])).toEqual([marked]);
});

test('publishes a job after its start timed out, as a real master did', async () => {
  cluster.world.faults.set('salt-async-late', []);
  const late = await runMaster(cluster, ['salt', '--async', '-L', 'node-1', ...ENGINE]);
  // Read at once: the job follows a moment later, by a timer of its own.
  const published = jobCacheOf(cluster.world).list();
  const real = await capture('../salt-master-away/m-hung2-async');
  const lastLine = (text: string) => text.trim().split('\n').at(-1);
  expect({ ...late, stderr: lastLine(late.stderr) }).toEqual({ ...real, stderr: lastLine(real.stderr) });
  const list = async () =>
    Object.values(record(JSON.parse((await runMaster(cluster, ['salt-run', 'jobs.list_jobs', '--out=json'])).stdout)));
  expect(published).toEqual([]);
  await expect.poll(list).toMatchObject([{ Function: 'state.sls', Target: ['node-1'] }]);
});
