import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { command } from '../../src/domain/node-commands/command.ts';
import {
  arm,
  asideManifest,
  disarm,
  LOOK_AT_SWITCH,
  restore,
  switchIn,
  takeAside,
} from '../../src/domain/node-commands/drill-commands.ts';
import { runCommands } from '../../src/domain/node-commands/run-commands.ts';
import { REGISTRY_MANIFEST } from '../../src/domain/node-commands/undo-commands.ts';
import { needs } from '../fixtures/needs.ts';
import { removeFolder } from '../harness/stage/own-folder.ts';
import { canBoot, LIMIT_MS, Machine, TO_BOOT, until } from './machine.ts';

const it = needs(canBoot, TO_BOOT);
const ASIDE = asideManifest('lab-abc123');

describe('a real systemd', { timeout: 4 * LIMIT_MS }, () => {
  let machine = new Machine('');
  beforeAll(async () => {
    if (!canBoot) return;
    machine = await Machine.make('switch');
    await writeFile(machine.file(REGISTRY_MANIFEST), 'first', { mode: 0o600 });
    await machine.boot();
  }, 2 * LIMIT_MS);
  afterAll(() => machine.remove());

  const sees = async () => switchIn((await machine.run(LOOK_AT_SWITCH.program, LOOK_AT_SWITCH.args)).stdout);
  const GONE = { armed: null, hasUnits: false, hasManifest: true, aside: [] };
  const isBack = async () => (await sees())?.hasUnits === false;
  const manifest = () => readFile(machine.file(REGISTRY_MANIFEST), 'utf8');
  const unitsLeft = async () =>
    (await readdir(machine.file('etc/systemd/system'), { recursive: true })).filter((name) => name.includes('restore'));

  it('moves nothing away unless it is armed', async () => {
    expect(await sees()).toEqual(GONE);
    expect(await machine.does(takeAside(ASIDE))).toBe(false);
    expect(await sees()).toEqual(GONE);
  });

  it('puts the manifest back by its timer, with mode and owner, and removes itself', async () => {
    expect(await machine.does(arm(ASIDE, 3))).toBe(true);
    expect(await machine.does(takeAside(ASIDE))).toBe(true);
    await until('the manifest', isBack);
    expect(await sees()).toEqual(GONE);
    expect((await stat(machine.file(REGISTRY_MANIFEST))).mode & 0o777).toBe(0o600);
    expect(await unitsLeft()).toEqual([]);
  });

  it('puts the manifest back at the next boot, long before its timer', async () => {
    expect(await machine.does(arm(ASIDE, 3000))).toBe(true);
    expect(await machine.does(takeAside(ASIDE))).toBe(true);
    expect(await sees()).toMatchObject({ armed: { aside: ASIDE }, hasManifest: false, aside: [ASIDE] });
    await machine.cutPower();
    await machine.boot();
    await until('the manifest', isBack);
    expect(await sees()).toEqual(GONE);
    expect(await unitsLeft()).toEqual([]);
  });

  it('leaves a manifest that Salt wrote meanwhile, and removes the old one', async () => {
    expect(await machine.does(arm(ASIDE, 3))).toBe(true);
    expect(await machine.does(takeAside(ASIDE))).toBe(true);
    await writeFile(machine.file(REGISTRY_MANIFEST), 'newer');
    await until('the end of the switch', isBack);
    expect(await sees()).toEqual(GONE);
    expect(await manifest()).toBe('newer');
  });

  it('retries until the manifest is back', async () => {
    expect(await machine.does(arm(ASIDE, 1))).toBe(true);
    expect(await machine.does(takeAside(ASIDE))).toBe(true);
    await removeFolder(machine.file('etc/kubernetes/manifests'));
    const failed = async () =>
      (await machine.run('systemctl', ['show', '-p', 'NRestarts', '--value', 'registry-ha-restore'])).stdout.trim() >
      '0';
    await until('a second attempt', failed);
    await mkdir(machine.file('etc/kubernetes/manifests'));
    await until('the manifest', isBack);
    expect(await sees()).toEqual(GONE);
  });

  it('is removed by the worker once the manifest is back, never before', async () => {
    expect(await machine.does(arm(ASIDE, 3000))).toBe(true);
    expect(await machine.does(takeAside(ASIDE))).toBe(true);
    expect(await machine.does(disarm(ASIDE))).toBe(false);
    expect(await sees()).toMatchObject({ armed: { aside: ASIDE }, aside: [ASIDE] });
    expect(await machine.does(restore(ASIDE))).toBe(true);
    expect(await machine.does(disarm(ASIDE))).toBe(true);
    expect(await machine.does(disarm(ASIDE))).toBe(true);
    expect(await sees()).toEqual(GONE);
    expect(await unitsLeft()).toEqual([]);
  });

  /** How a state run ends when logind ends all of the session that started it, as with KillUserProcesses=yes. */
  async function afterTheSession(folder: string, before: string): Promise<string> {
    const { start, follow } = runCommands(folder, command('sh', '-c', 'sleep 4; echo over'));
    const { program, args } = start(false);
    const [flag = '', script = '', ...rest] = args;
    const unit = `login-${folder.slice(-1)}`;
    const session = [
      '--scope',
      '--collect',
      '--quiet',
      `--unit=${unit}`,
      '--',
      program,
      flag,
      `${before}${script}`,
      ...rest,
    ];
    const ended = machine.run('systemd-run', session);
    await until('the run', async () => (await machine.run('test', ['-e', `${folder}/run`])).code === 0);
    expect((await machine.run('systemctl', ['stop', `${unit}.scope`])).code).toBe(0);
    await ended;
    return (await machine.run(follow.program, follow.args)).stdout.split('\n')[0] ?? '';
  }

  it('lets a state run go on when the session that started it is ended with all its processes', async () => {
    expect(await afterTheSession('/run/registry-ha/a', '')).toBe('ended 0 5');
  });

  it('ends a run that stays in the session’s scope: the test above would see it', async () => {
    const without = 'command() { [ "$2" = setsid ]; }\n';
    expect(await afterTheSession('/run/registry-ha/b', without)).toBe('gone');
  });
});
