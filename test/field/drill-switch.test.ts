import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { Command } from '../../src/domain/node-commands/command.ts';
import {
  arm,
  asideManifest,
  disarm,
  LOOK_AT_SWITCH,
  restore,
  switchIn,
  takeAside,
} from '../../src/domain/node-commands/drill-commands.ts';
import { REGISTRY_MANIFEST } from '../../src/domain/node-commands/undo-commands.ts';
import { isInstalled, isRoot, mayMount, needs } from '../fixtures/needs.ts';
import { ownFolder } from '../harness/stage/own-folder.ts';

const exec = promisify(execFile);
/** The machine boots this computer's own /usr. */
const hasSystemd = existsSync('/usr/lib/systemd/systemd') && lstatSync('/bin').isSymbolicLink();
const hasPrograms = isInstalled('systemd-nspawn') && isInstalled('nsenter');
const canBoot = isRoot && mayMount() && hasSystemd && hasPrograms;
const it = needs(canBoot, 'root with CAP_SYS_ADMIN, systemd in a merged /usr, systemd-nspawn and nsenter');
const ASIDE = asideManifest('lab-abc123');
/** Generous: nothing is measured. */
const LIMIT_MS = 60_000;

/** A machine with a real systemd on this computer's /usr, and an /etc of its own. */
class Machine {
  readonly root: string;
  #container: ChildProcess | null = null;
  #init = '';

  constructor(root: string) {
    this.root = root;
  }

  async boot(): Promise<void> {
    const options = ['--register=no', '--keep-unit', '--private-network', '--console=pipe', '--quiet', '-M', 'drill'];
    this.#container = spawn('systemd-nspawn', ['-D', this.root, '--bind-ro=/usr', '--boot', ...options], {
      stdio: 'ignore',
    });
    const container = this.#container;
    await until('systemd', async () => {
      const children = await readFile(`/proc/${container.pid}/task/${container.pid}/children`, 'utf8').catch(() => '');
      this.#init = children.trim();
      return /^\d+$/.test(this.#init) && (await this.run('systemctl', ['is-active', 'multi-user.target'])).code === 0;
    });
  }

  /** As when the power fails. */
  async cutPower(): Promise<void> {
    if (this.#container === null || this.#container.exitCode !== null) return;
    process.kill(Number(this.#init), 'SIGKILL');
    await once(this.#container, 'exit');
  }

  async run(program: string, args: readonly string[]): Promise<{ readonly code: number; readonly stdout: string }> {
    try {
      const inside = ['-t', this.#init, '-m', '-p', '-i', '-u', '-n', program, ...args];
      return { code: 0, stdout: (await exec('nsenter', inside)).stdout };
    } catch (error) {
      return { code: error instanceof Error && 'code' in error ? Number(error.code) : -1, stdout: '' };
    }
  }

  async does({ program, args }: Command): Promise<boolean> {
    return (await this.run(program, args)).code === 0;
  }

  async sees() {
    return switchIn((await this.run(LOOK_AT_SWITCH.program, LOOK_AT_SWITCH.args)).stdout);
  }

  file(path: string): string {
    return join(this.root, path);
  }
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + LIMIT_MS;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`Never came: ${what}`);
    await sleep(100);
  }
}

describe('the switch of a drill on a real systemd', { timeout: 4 * LIMIT_MS }, () => {
  let machine = new Machine('');
  beforeAll(async () => {
    if (!canBoot) return;
    machine = new Machine(await ownFolder('switch'));
    await chmod(machine.root, 0o755);
    for (const folder of ['etc/systemd/system', 'etc/kubernetes/manifests', 'var', 'run', 'tmp', 'usr', 'root'])
      await mkdir(machine.file(folder), { recursive: true });
    for (const link of ['bin', 'sbin', 'lib', 'lib64']) await symlink(`usr/${link}`, machine.file(link));
    for (const name of ['passwd', 'group', 'os-release']) await copyFile(`/etc/${name}`, machine.file(`etc/${name}`));
    await writeFile(machine.file('etc/machine-id'), `${'0123456789abcdef'.repeat(2)}\n`);
    await symlink('/usr/lib/systemd/system/multi-user.target', machine.file('etc/systemd/system/default.target'));
    await writeFile(machine.file(REGISTRY_MANIFEST), 'first', { mode: 0o600 });
    await machine.boot();
  }, 2 * LIMIT_MS);
  afterAll(async () => {
    await machine.cutPower();
    if (machine.root !== '') await rm(machine.root, { recursive: true });
  });

  const GONE = { armed: null, hasUnits: false, hasManifest: true, aside: [] };
  const isBack = async () => (await machine.sees())?.hasUnits === false;
  const manifest = () => readFile(machine.file(REGISTRY_MANIFEST), 'utf8');
  const unitsLeft = async () =>
    (await readdir(machine.file('etc/systemd/system'), { recursive: true })).filter((name) => name.includes('restore'));

  it('moves nothing away unless it is armed', async () => {
    expect(await machine.sees()).toEqual(GONE);
    expect(await machine.does(takeAside(ASIDE))).toBe(false);
    expect(await machine.sees()).toEqual(GONE);
  });

  it('puts the manifest back by its timer, with mode and owner, and removes itself', async () => {
    expect(await machine.does(arm(ASIDE, 3))).toBe(true);
    expect(await machine.does(takeAside(ASIDE))).toBe(true);
    await until('the manifest', isBack);
    expect(await machine.sees()).toEqual(GONE);
    expect((await stat(machine.file(REGISTRY_MANIFEST))).mode & 0o777).toBe(0o600);
    expect(await unitsLeft()).toEqual([]);
  });

  it('puts the manifest back at the next boot, long before its timer', async () => {
    expect(await machine.does(arm(ASIDE, 3000))).toBe(true);
    expect(await machine.does(takeAside(ASIDE))).toBe(true);
    expect(await machine.sees()).toMatchObject({ armed: { aside: ASIDE }, hasManifest: false, aside: [ASIDE] });
    await machine.cutPower();
    await machine.boot();
    await until('the manifest', isBack);
    expect(await machine.sees()).toEqual(GONE);
    expect(await unitsLeft()).toEqual([]);
  });

  it('leaves a manifest that Salt wrote meanwhile, and removes the old one', async () => {
    expect(await machine.does(arm(ASIDE, 3))).toBe(true);
    expect(await machine.does(takeAside(ASIDE))).toBe(true);
    await writeFile(machine.file(REGISTRY_MANIFEST), 'newer');
    await until('the end of the switch', isBack);
    expect(await machine.sees()).toEqual(GONE);
    expect(await manifest()).toBe('newer');
  });

  it('retries until the manifest is back', async () => {
    expect(await machine.does(arm(ASIDE, 1))).toBe(true);
    expect(await machine.does(takeAside(ASIDE))).toBe(true);
    await rm(machine.file('etc/kubernetes/manifests'), { recursive: true });
    const failed = async () =>
      (await machine.run('systemctl', ['show', '-p', 'NRestarts', '--value', 'registry-ha-restore'])).stdout.trim() >
      '0';
    await until('a second attempt', failed);
    await mkdir(machine.file('etc/kubernetes/manifests'));
    await until('the manifest', isBack);
    expect(await machine.sees()).toEqual(GONE);
  });

  it('is removed by the worker once the manifest is back, never before', async () => {
    expect(await machine.does(arm(ASIDE, 3000))).toBe(true);
    expect(await machine.does(takeAside(ASIDE))).toBe(true);
    expect(await machine.does(disarm(ASIDE))).toBe(false);
    expect(await machine.sees()).toMatchObject({ armed: { aside: ASIDE }, aside: [ASIDE] });
    expect(await machine.does(restore(ASIDE))).toBe(true);
    expect(await machine.does(disarm(ASIDE))).toBe(true);
    expect(await machine.does(disarm(ASIDE))).toBe(true);
    expect(await machine.sees()).toEqual(GONE);
    expect(await unitsLeft()).toEqual([]);
  });
});
