import { appendFileSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type People, peopleOf } from '../harness/stage/people.ts';
import { packedBundle, renameParts, sealed, secondBuild } from './builds.ts';
import { DebianMachine } from './machine/debian-machine.ts';
import {
  BOT,
  bindsOf,
  configureBot,
  configureWorker,
  exchangeOfBot,
  installBundle,
  makeBootstrapNode,
  read,
  unpackBot,
  WORKER,
} from './machine/operator.ts';
import { type Parts, startParts } from './machine/parts.ts';
import { healthy, programOf, unitOf } from './machine/unit.ts';

/** docs/install.md: the bot's unit needs systemd 251. */
const MACHINES = [
  { suite: 'bullseye', systemd: 247, bot: 'a trixie of its own' },
  { suite: 'trixie', systemd: 257, bot: 'the same machine' },
  { suite: 'sid', systemd: 258, bot: 'the same machine' },
] as const;
const SIMULATED = 'Kubernetes, Salt, the other nodes, archives and their mounts, DMI, Slack';
const packed = await packedBundle();

describe.each(MACHINES)(`Debian $suite, booted by systemd-nspawn (bot in $bot; simulated: ${SIMULATED})`, (given) => {
  const { suite, systemd } = given;
  const isBotApart = given.bot === 'a trixie of its own';
  let machine: DebianMachine;
  let botMachine: DebianMachine;
  let parts: Parts;
  let people: People;
  let before: readonly string[];
  let [first, second] = ['', ''];

  const worker = () => unitOf(machine, WORKER);
  const bot = () => unitOf(botMachine, BOT);
  const registryOf = async (node: string) => (await parts.cluster.report())[node]?.registry;
  const install = (folder: string, ...words: string[]) => machine.run(`/root/${folder}/install.sh`, ...words);
  /** Files where a program may leave some, but for what systemd keeps. */
  const files = () =>
    ['etc', 'opt', 'usr', 'var/lib']
      .flatMap((top) => readdirSync(machine.file(top), { recursive: true, withFileTypes: true }))
      .filter((entry) => !entry.isDirectory())
      .map(({ parentPath, name }) => join(parentPath, name).slice(machine.root.length))
      .filter((path) => !path.startsWith('/var/lib/systemd/'));

  beforeAll(async () => {
    parts = await startParts();
    people = peopleOf(parts);
    machine = await DebianMachine.make(suite);
    makeBootstrapNode(machine, parts);
    await machine.boot(bindsOf(parts));
    before = files();
    botMachine = machine;
    if (!isBotApart) return;
    botMachine = await DebianMachine.make('trixie');
    await botMachine.boot([]);
  });
  afterAll(async () => {
    if (isBotApart) await botMachine?.remove();
    await machine?.remove();
    await parts?.close();
  });

  it('has its own systemd, and no Node', async () => {
    const [, version] = /^systemd (\d+)/.exec(await machine.does('systemctl', '--version')) ?? [];
    expect(Number(version)).toBeGreaterThanOrEqual(systemd);
    expect((await machine.run('which', 'node')).code).toBe(1);
  });

  it('installs the bundle: systemd knows the unit, and has not started it', async () => {
    expect(await installBundle(machine, packed)).toContain(read(machine, '/etc/registry-ha/worker.pub'));
    first = read(machine, `/root/${packed.folder}/BUILD`).trim();
    expect(await worker()).toMatchObject({ LoadState: 'loaded', UnitFileState: 'disabled', ActiveState: 'inactive' });
  });

  it('runs the worker after `init worker` and `systemctl enable --now`: its doctor finds everything good', async () => {
    if (isBotApart) await unpackBot(botMachine, packed);
    const botKey = await configureBot(botMachine, parts, read(machine, '/etc/registry-ha/worker.pub'));
    await configureWorker(machine, parts, botKey);
    await machine.does('systemctl', 'enable', '--now', WORKER);
    expect(await healthy(machine, 'worker')).toMatchObject({ process: 'worker', bad: [] });
    expect(await worker()).toMatchObject({ UnitFileState: 'enabled', ActiveState: 'active', NRestarts: '0' });
    expect(await programOf(machine, WORKER)).toBe(`/opt/registry-ha.d/${first}/node/bin/node`);
  });

  it('runs the bot’s unit: its doctor finds everything good, also after a reload and a stop', async () => {
    await botMachine.does('systemctl', 'enable', '--now', BOT);
    expect(await healthy(botMachine, 'bot')).toMatchObject({ process: 'bot', bad: [] });
    const { MainPID } = await bot();
    await botMachine.does('systemctl', 'reload', BOT);
    expect(await healthy(botMachine, 'bot')).toMatchObject({ bad: [] });
    expect(await bot()).toMatchObject({ MainPID, NRestarts: '0', UnitFileState: 'enabled' });
    await botMachine.does('systemctl', 'stop', BOT);
    expect(await bot()).toMatchObject({ ActiveState: 'inactive', Result: 'success' });
    await botMachine.does('systemctl', 'start', BOT);
    expect(await healthy(botMachine, 'bot')).toMatchObject({ bad: [] });
  });

  it('adds a registry: alice requests it, bob approves it, and the unit’s worker carries it out', async () => {
    await people.request('add node-2');
    await people.approve();
    await people.until('done');
    expect(await registryOf('node-2')).toBe('ready');
    expect(read(machine, '/var/lib/registry-ha/journal.jsonl')).toContain((await people.newest())?.id);
  });

  it('carries out a change while another build is installed: the running worker keeps its own', async () => {
    await people.request('add node-3');
    const { MainPID } = await worker();
    second = secondBuild(machine.file(`/root/${packed.folder}`), machine.file('/root/second'));
    // Its files have other names: a worker that looked for its own ones there would fail.
    renameParts(machine.file('/root/second/dist'));
    appendFileSync(machine.file(`/root/second/deploy/${WORKER}.service`), '[Service]\nEnvironment=BUILD=second\n');
    sealed(machine.file('/root/second'));
    const upgraded = expect.stringContaining(`To change it now: systemctl restart ${WORKER}`);
    expect(await install('second', '--upgrade')).toEqual({ code: 0, err: '', out: upgraded });
    await people.approve();
    await people.until('done');
    expect(await registryOf('node-3')).toBe('ready');
    expect(await worker()).toMatchObject({ MainPID, NRestarts: '0' });
    expect(await programOf(machine, WORKER)).toBe(`/opt/registry-ha.d/${first}/node/bin/node`);
  });

  it('runs the other build, with the unit of the other build, after `systemctl restart`', async () => {
    expect(await worker()).toMatchObject({ NeedDaemonReload: 'no' });
    await machine.does('systemctl', 'restart', WORKER);
    expect(await healthy(machine, 'worker')).toMatchObject({ bad: [] });
    expect((await worker()).Environment).toContain('BUILD=second');
    expect(await programOf(machine, WORKER)).toBe(`/opt/registry-ha.d/${second}/node/bin/node`);
  });

  it('is started again by systemd when it is killed during an add, and finishes the add', async () => {
    await people.request('add node-1');
    await people.approve();
    await people.until('applying');
    await machine.does('systemctl', 'kill', '--signal=KILL', WORKER);
    expect((await people.newest())?.state).toBe('applying');
    await people.until('done');
    expect(await registryOf('node-1')).toBe('ready');
    expect(await worker()).toMatchObject({ ActiveState: 'active', NRestarts: '1' });
    expect(await machine.does('registry-ha', 'status')).toContain('node-1');
  });

  it('is started by systemd after a power cut', async () => {
    await machine.cutPower();
    await machine.boot(bindsOf(parts));
    expect(await healthy(machine, 'worker')).toMatchObject({ bad: [] });
    expect(await programOf(machine, WORKER)).toBe(`/opt/registry-ha.d/${second}/node/bin/node`);
  });

  if (isBotApart)
    it('runs another program of the bot after the commands of docs/upgrade.md', async () => {
      const { MainPID } = await bot();
      await botMachine.does('sh', '-c', exchangeOfBot());
      expect(await healthy(botMachine, 'bot')).toMatchObject({ bad: [] });
      expect((await bot()).MainPID).not.toBe(MainPID);
      expect(await programOf(botMachine, BOT)).toBe('/opt/registry-ha/node/bin/node');
    });
  else
    it('is not uninstalled under the unit of a bot', async () => {
      const { code, err } = await install('second', '--uninstall', '--purge');
      expect([code, err]).toEqual([1, expect.stringContaining(`systemctl disable --now ${BOT}`)]);
      expect(await healthy(machine, 'worker')).toMatchObject({ bad: [] });
      expect(await healthy(machine, 'bot')).toMatchObject({ bad: [] });
      await machine.does('systemctl', 'disable', '--now', BOT);
      await machine.does('rm', `/etc/systemd/system/${BOT}.service`);
    });

  it('is stopped, disabled and forgotten after `install.sh --uninstall`, which keeps keys and journal', async () => {
    const { MainPID } = await worker();
    expect((await install('second', '--uninstall')).code).toBe(0);
    expect(await worker()).toMatchObject({ LoadState: 'not-found', ActiveState: 'inactive', UnitFileState: '' });
    expect((await machine.run('test', '-e', `/proc/${MainPID}`)).code).toBe(1);
    expect(await machine.does('systemctl', 'is-system-running')).toBe('running\n');
    expect(existsSync(machine.file('/opt/registry-ha.d'))).toBe(false);
    expect(read(machine, '/etc/registry-ha/worker.key')).toContain('PRIVATE KEY');
    expect(existsSync(machine.file('/var/lib/registry-ha/journal.jsonl'))).toBe(true);
  });

  it('leaves no file after `install.sh --uninstall --purge`', async () => {
    expect((await install('second', '--uninstall', '--purge')).code).toBe(0);
    expect(files().filter((path) => !before.includes(path))).toEqual([]);
  });
});
