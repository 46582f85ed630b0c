import { afterEach, beforeEach, expect, test } from 'vitest';
import { runSaltCall } from '../../../../sandbox/cluster/salt/cli/salt-call.ts';
import { copyIsos, NEW, OLD, type StandIn, standIn } from '../acts-stand-in.ts';
import { capture, documents, type Output, record, runMaster, shape } from './run.ts';

let cluster: StandIn;
beforeEach(async () => {
  cluster = await standIn();
});
afterEach(() => cluster.close());

const ENV = 'saltenv=metalk8s-128.0.1';
const call = (node: string, ...argv: string[]): Promise<Output> =>
  runSaltCall(cluster.world, cluster.acts, cluster.node(node), argv);

/** Sorted keys of a state entry. */
function keysOf(stdout: string): readonly (readonly string[])[] {
  return Object.values(record(record(JSON.parse(stdout))['local'])).map((state) => Object.keys(record(state)).sort());
}

/** The shape as JSON again. */
function quoted(stdout: string): string {
  return shape(stdout).replaceAll('"duration": MS', '"duration": 0');
}

/** Lists only one archive, as in the captures. */
async function oneArchive(): Promise<void> {
  const config = await cluster.read('bootstrap', '/etc/metalk8s/bootstrap.yaml');
  await cluster.write('bootstrap', '/etc/metalk8s/bootstrap.yaml', config.replace(`${OLD}, `, ''));
}

test('answers a first and a second mount as the real state does', async () => {
  await oneArchive();
  await copyIsos(cluster, 'node-2');
  const first = await call(
    'node-2',
    '--out=json',
    '--retcode-passthrough',
    'state.sls',
    'metalk8s.archives.mounted',
    ENV,
  );
  expect(first.exitCode).toBe(0);
  expect(first.stdout).toContain('"Target was successfully mounted. Added new entry to the fstab."');
  const again = await call(
    'node-2',
    '--out=json',
    '--retcode-passthrough',
    'state.sls',
    'metalk8s.archives.mounted',
    ENV,
  );
  const real = await capture('k-mounted-fuse-again-json');
  expect(JSON.parse(quoted(again.stdout))).toEqual(JSON.parse(quoted(real.stdout)));
  expect(again.exitCode).toBe(real.exitCode);
  expect(keysOf(again.stdout)).toEqual(keysOf(real.stdout));
  expect((await cluster.read('node-2', '/etc/fstab')).split(/\s+/)).toEqual([
    NEW,
    '/srv/scality/metalk8s-128.0.1',
    'iso9660',
    'ro,nofail',
    '0',
    '0',
    '',
  ]);
});

test('prints the real outputter’s text in test mode, and changes nothing', async () => {
  await oneArchive();
  await copyIsos(cluster, 'node-2');
  const dry = await call('node-2', 'state.sls', 'metalk8s.archives.mounted', ENV, 'test=True');
  expect(shape(dry.stdout)).toBe(shape((await capture('k-mounted-test')).stdout));
  expect(cluster.node('node-2').mounts).toEqual([]);
});

test('returns exit code 2 with passthrough and 1 without for a failed mount, with mount’s message', async () => {
  await oneArchive();
  await copyIsos(cluster, 'node-2');
  await cluster.write('node-2', `${NEW}/broken`, '');
  const strict = await call(
    'node-2',
    '--out=json',
    '--retcode-passthrough',
    'state.sls',
    'metalk8s.archives.mounted',
    ENV,
  );
  const real = await capture('k-mounted-nokernel-json');
  expect(strict.exitCode).toBe(real.exitCode);
  expect(keysOf(strict.stdout)).toEqual(keysOf(real.stdout));
  expect(strict.stderr).toMatch(/^\[ERROR {3}\] Command 'mount' failed with return code: 32\n/);
  expect((await call('node-2', '--out=json', 'state.sls', 'metalk8s.archives.mounted', ENV)).exitCode).toBe(1);
});

test.each([
  ['k-get_archives-missing-json', `${NEW}x`],
  ['k-get_archives-wrongname-json', '/srv/scality/releases/metalk8s-127.0.2.iso'],
  ['k-get_archives-noversion-json', '/srv/scality/releases/noversion.iso'],
  ['k-get_archives-dup-json', "['/srv/scality/releases/metalk8s-127.0.0.iso', '/srv/scality/releases/copy.iso']"],
  ['k-get_archives-corrupt-json', '/srv/scality/releases/corrupt.iso'],
])('%s: prints the cause of a wrong archive on stderr, and nothing on stdout', async (name, words) => {
  await cluster.write(
    'node-2',
    '/srv/scality/releases/metalk8s-127.0.2.iso/product.txt',
    'NAME=NotMetalK8s\nVERSION=127.0.2\n',
  );
  await cluster.write('node-2', '/srv/scality/releases/noversion.iso/product.txt', 'NAME=MetalK8s\n');
  await cluster.write(
    'node-2',
    '/srv/scality/releases/metalk8s-127.0.0.iso/product.txt',
    'NAME=MetalK8s\nVERSION=127.0.0\n',
  );
  await cluster.write('node-2', '/srv/scality/releases/copy.iso/product.txt', 'NAME=MetalK8s\nVERSION=127.0.0\n');
  await cluster.write('node-2', '/srv/scality/releases/corrupt.iso/corrupt', '');
  const output = await call('node-2', '--out=json', '--retcode-passthrough', 'metalk8s.get_archives', words);
  const real = await capture(name);
  expect({ ...output, stderr: shape(output.stderr).replace(`${shape(NEW)}x`, 'P') }).toEqual({
    ...real,
    stderr: shape(real.stderr).replace('/srv/scality/releases/nothere.iso', 'P'),
  });
});

test.each([
  ['sc-missing-json', ['state.sls', 'lab.doesnotexist', ENV]],
  ['sc-badenv-json', ['state.sls', 'lab.ok', 'saltenv=metalk8s-9.9.9']],
  ['sc-nofunc-json', ['state.nosuch', 'lab.ok']],
  ['sc-ping-json', ['test.ping']],
])('%s: matches the real answer for a run that never started', async (name, words) => {
  const output = await call('node-1', '--out=json', '--retcode-passthrough', ...words);
  const real = await capture(name);
  expect({ ...output, stdout: shape(output.stdout), stderr: output.stderr }).toEqual({
    ...real,
    stdout: shape(real.stdout),
  });
});

test('lists synced modules as the real sync_all does', async () => {
  cluster.node('node-1').minion.synced.clear();
  expect((await call('node-1', '--out=json', 'metalk8s.get_archives')).exitCode).toBe(255);
  const sync = await call('node-1', '--out=json', 'saltutil.sync_all', ENV);
  expect(JSON.parse(sync.stdout)).toEqual(JSON.parse((await capture('sc-sync-json')).stdout));
});

test('answers a second state run on a node with a conflict that names the running job, in salt-call and salt', async () => {
  const letGo = cluster.hold();
  const first = call('node-2', '--out=json', 'state.sls', 'metalk8s.container-engine', ENV);
  await expect.poll(() => cluster.node('node-2').minion.running, { interval: 1 }).not.toBeNull();
  const seen = cluster.node('node-2').minion.running;
  const second = await call(
    'node-2',
    '--out=json',
    '--retcode-passthrough',
    'state.sls',
    'metalk8s.archives.mounted',
    ENV,
  );
  const real = await capture('sc-conflict-json-retpass');
  expect({ ...second, stdout: shape(second.stdout) }).toEqual({ ...real, stdout: shape(real.stdout) });
  letGo();
  expect(second.stdout).toContain(`with jid ${seen?.jid}`);
  await first;
  cluster.world.faults.set('salt-busy', ['node-1']);
  const busy = await runMaster(cluster, [
    'salt',
    'node-1',
    'state.sls',
    'metalk8s.repo.configured',
    ENV,
    '--out=json',
    '--out-indent=-1',
  ]);
  const master = await capture('m-conflict-json');
  expect({ ...busy, stdout: shape(busy.stdout).replace('highstate', 'sls') }).toEqual({
    ...master,
    stdout: shape(master.stdout),
  });
  const { stdout } = await runMaster(cluster, ['salt-run', 'jobs.active', '--out=json']);
  const [active] = Object.values(record(JSON.parse(stdout)));
  expect(record(active)).toMatchObject({ Function: 'state.highstate', Running: [{ 'node-1': 4711 }], Returned: [] });
});

test('prints one document per minion, and text instead of JSON where real salt does', async () => {
  const ping = await runMaster(cluster, ['salt', '*', 'test.ping', '--out=json']);
  expect(ping.stdout.split('\n').sort().join('\n')).toBe(
    '\n'.repeat(1) +
      ['    "bootstrap": true', '    "node-1": true', '    "node-2": true', '{', '{', '{', '}', '}', '}'].join('\n'),
  );
  const none = await runMaster(cluster, ['salt', 'nosuch*', 'test.ping', '--out=json']);
  expect(none).toEqual(await capture('m-nomatch-json'));
  const nofunc = await runMaster(cluster, ['salt', 'node-2', 'state.nope', 'lab.ok', '--out=json', '--out-indent=-1']);
  expect(nofunc.stdout).toBe(`${(await capture('m-nofunc-json')).stdout.split('\n')[0]}\n`);
  const usage = await runMaster(cluster, ['salt', '--retcode-passthrough', '*', 'test.ping']);
  expect(usage).toMatchObject({ exitCode: 64, stdout: '' });
});

test('answers for a dead and an unknown minion with the no-return text and exit code 1', async () => {
  cluster.world.faults.set('minion-down', ['node-2']);
  const real = await capture('d-list-unknown-json');
  const unknown = await runMaster(cluster, ['salt', '-L', 'node-1,node-9', 'test.ping', '--out=json', '-t', '5']);
  expect({ ...unknown, stdout: shape(unknown.stdout) }).toEqual({ ...real, stdout: shape(real.stdout) });
  const dead = await runMaster(cluster, [
    'salt',
    '-L',
    'node-1,node-2',
    'test.ping',
    '--out=json',
    '--out-indent=-1',
    '-t',
    '5',
  ]);
  expect(dead.exitCode).toBe(1);
  expect(documents(dead.stdout)).toHaveLength(2);
  expect(dead.stdout).toMatch(/"node-2": "Minion did not return\. \[No response\]\\n.*jobs\.lookup_jid \d{20}"/);
  const fixed = await runMaster(cluster, ['salt', '*', 'test.ping', '--out=json', '--static', '-t', '5']);
  expect(fixed).toMatchObject({ exitCode: 0, stderr: '' });
  expect(Object.keys(record(JSON.parse(fixed.stdout)))).not.toContain('node-2');
});

test('prints a sentence and an empty map for jobs.active when the master is away', async () => {
  const away = { 'salt-master-down': 'nosockets', 'salt-master-hung': 'killed' };
  for (const [fault, name] of Object.entries(away)) {
    cluster.world.faults.set(fault, []);
    const active = await runMaster(cluster, ['salt-run', 'jobs.active', '--out=json']);
    const { stdout, exitCode } = await capture(`../salt-master-away/j-${name}-active`);
    expect(active).toMatchObject({ stdout, exitCode });
    const ping = await runMaster(cluster, ['salt', '-L', 'node-1', 'test.ping', '--out=json']);
    const real = await capture(`../salt-master-away/m-${name}-ping`);
    expect({ ...ping, stdout: ping.stdout.trim(), stderr: '' }).toEqual({
      ...real,
      stdout: real.stdout.trim(),
      stderr: '',
    });
    cluster.world.faults.clear(fault);
  }
});

test('returns exit code 0 and a JSON string when the master is down; salt-call cannot sign in', async () => {
  cluster.world.faults.set('salt-master-down', []);
  const real = await capture('salt-nomaster-json');
  const down = await runMaster(cluster, ['salt', '*', 'test.ping', '--out=json']);
  expect(down).toMatchObject({ stdout: real.stdout, exitCode: real.exitCode });
  expect(await call('node-1', '--out=json', 'test.ping')).toMatchObject({
    stdout: '',
    exitCode: 1,
    stderr: /^Unable to sign_in to master/,
  });
});
