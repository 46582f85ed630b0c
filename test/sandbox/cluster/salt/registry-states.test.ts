import { afterEach, beforeEach, expect, test } from 'vitest';
import { runSaltCall } from '../../../../sandbox/cluster/salt/cli/salt-call.ts';
import { namesIn } from '../../../../sandbox/cluster/salt/node-tree.ts';
import { copyIsos, type StandIn, standIn } from '../acts-stand-in.ts';
import { record } from './run.ts';

let cluster: StandIn;
beforeEach(async () => {
  cluster = await standIn();
});
afterEach(() => cluster.close());

const CONF_D = '/var/lib/metalk8s/repositories/conf.d';

/** Runs states on node-2 as an operator would; returns the answer below `local`. */
async function state(
  sls: string,
  version = '128.0.1',
): Promise<{ readonly exitCode: number; readonly local: unknown }> {
  const argv = ['--out=json', '--retcode-passthrough', 'state.sls', sls, `saltenv=metalk8s-${version}`];
  const { stdout, exitCode } = await runSaltCall(cluster.world, cluster.acts, cluster.node('node-2'), argv);
  return { exitCode, local: record(JSON.parse(stdout))['local'] };
}

function failures(local: unknown): readonly unknown[] {
  return Object.values(record(local))
    .map(record)
    .filter(({ result }) => result === false)
    .map(({ comment }) => comment);
}

test('answers 404 for the other version’s images after the documented procedure, which leaves out its include', async () => {
  await copyIsos(cluster, 'node-2');
  for (const sls of ['metalk8s.archives.mounted', 'metalk8s.solutions.available', 'metalk8s.repo.installed']) {
    expect(await state(sls)).toMatchObject({ exitCode: 0 });
  }
  const names = [
    '90-registry-config.inc',
    '99-metalk8s-128.0.1-registry.inc',
    '99-registry-common.inc',
    'default.conf',
    'example-solution-0.1.0-registry-config.inc',
  ];
  expect(await namesIn(cluster.node('node-2'), CONF_D)).toEqual(names);
  expect(await cluster.read('node-2', `${CONF_D}/90-registry-config.inc`)).toContain('$metalk8s_127_0_6_images ');
  expect(cluster.node('node-2').registry?.carries).toEqual([
    'metalk8s-127.0.6',
    'metalk8s-128.0.1',
    'example-solution-0.1.0',
  ]);
  expect(await state('metalk8s.repo.configured', '127.0.6')).toMatchObject({ exitCode: 0 });
  expect(await namesIn(cluster.node('node-2'), CONF_D)).toContain('99-metalk8s-127.0.6-registry.inc');
});

test('restarts nothing in a second run of repo.installed, unless there is a new include', async () => {
  await copyIsos(cluster, 'node-2');
  await state('metalk8s.archives.mounted,metalk8s.solutions.available,metalk8s.repo.installed');
  const first = cluster.node('node-2').registry;
  expect(first).not.toBeNull();
  expect(await state('metalk8s.repo.installed')).toMatchObject({ exitCode: 0 });
  expect(cluster.node('node-2').registry).toBe(first);
  await state('metalk8s.repo.configured', '127.0.6');
  await state('metalk8s.repo.installed');
  expect(cluster.node('node-2').registry).not.toBe(first);
});

test('fails to render without a copied ISO, with the path in the answer', async () => {
  expect(await state('metalk8s.archives.mounted')).toEqual({
    exitCode: 1,
    local: [
      "Rendering SLS 'metalk8s-128.0.1:metalk8s.archives.mounted' failed: Problem running salt function in Jinja template: Invalid archive path /srv/scality/releases/metalk8s-127.0.6.iso, should be an iso or a directory.; line 2",
    ],
  });
});

test('names the missing config file in repo.installed without solutions.available, and runs no pod', async () => {
  await copyIsos(cluster, 'node-2');
  await state('metalk8s.archives.mounted');
  const { exitCode, local } = await state('metalk8s.repo.installed');
  expect(exitCode).toBe(2);
  expect(failures(local)[0]).toMatch(
    /^Unable to compute digest of config file .*example-solution-0\.1\.0-registry-config\.inc: /,
  );
  expect(failures(local)[1]).toMatch(
    /^One or more requisite failed: metalk8s\.repo\.installed\.Install repositories manifest$/,
  );
  expect(cluster.node('node-2').registry).toBeNull();
});

test('never runs the container while the port is in use', async () => {
  await copyIsos(cluster, 'node-2');
  cluster.world.faults.set('port-taken', ['node-2']);
  const { exitCode, local } = await state(
    'metalk8s.archives.mounted,metalk8s.solutions.available,metalk8s.repo.installed',
  );
  expect(exitCode).toBe(2);
  expect(failures(local)[0]).toBe('Failed to find container "repositories" in state "running": No container found');
});

test('requires solutions.yaml with the apiVersion that Salt accepts', async () => {
  await copyIsos(cluster, 'node-2');
  const file = '/etc/metalk8s/solutions.yaml';
  const text = await cluster.read('bootstrap', file);
  await cluster.write('bootstrap', file, text.replace('solutions.metalk8s', 'metalk8s'));
  const { exitCode, local } = await state('metalk8s.solutions.available');
  expect(exitCode).toBe(2);
  expect(failures(local)[0]).toMatch(
    /^Errors: Error when reading Solutions config file: Invalid `apiVersion` in configuration/,
  );
});

test('unmounts an unlisted ISO of the bootstrap, unless it is active', async () => {
  const file = '/etc/metalk8s/solutions.yaml';
  const text = await cluster.read('bootstrap', file);
  const unlisted = text.replace(/archives: .*/, 'archives: []');
  await cluster.write('bootstrap', file, unlisted);
  expect(failures((await state('metalk8s.solutions.available')).local)).toEqual(['Failure!']);
  await cluster.write('bootstrap', file, unlisted.replace(/active: .*/, 'active: {}'));
  expect(await state('metalk8s.solutions.available')).toMatchObject({ exitCode: 0 });
});

test('answers a wrong bootstrap.yaml with exit code 5 and a list, never a map of states', async () => {
  await cluster.write('bootstrap', '/etc/metalk8s/bootstrap.yaml', 'kind: BootstrapConfiguration\n');
  const { exitCode, local } = await state('metalk8s.archives.mounted');
  expect(exitCode).toBe(5);
  expect(local).toContain('Pillar failed to render with the following messages:');
  expect(local).toContain("Expected presence of key 'archives' in data: {…}");
});

test('cannot render on a node until the custom modules are synced', async () => {
  await copyIsos(cluster, 'node-2');
  cluster.node('node-2').minion.synced.clear();
  const { exitCode, local } = await state('metalk8s.archives.mounted');
  expect({ exitCode, text: String(local) }).toMatchObject({
    exitCode: 1,
    text: expect.stringContaining("no attribute 'metalk8s.get_archives'"),
  });
});
