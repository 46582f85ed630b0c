import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Command } from '../../src/domain/node-commands/command.ts';
import { isInstalled, isRoot, mayMount } from '../fixtures/needs.ts';
import { ownFolder, removeFolder } from '../harness/stage/own-folder.ts';

const exec = promisify(execFile);
/** The machine boots this computer's own /usr. */
const hasSystemd = existsSync('/usr/lib/systemd/systemd') && lstatSync('/bin').isSymbolicLink();
const hasPrograms = isInstalled('systemd-nspawn') && isInstalled('nsenter');
/** Whether a machine can boot here, and what it needs. */
export const canBoot = isRoot && mayMount() && hasSystemd && hasPrograms;
export const TO_BOOT = 'root with CAP_SYS_ADMIN, systemd in a merged /usr, systemd-nspawn and nsenter';
/** Generous: nothing is measured. */
export const LIMIT_MS = 60_000;

/** A machine with a real systemd on this computer's /usr, and an /etc of its own. */
export class Machine {
  readonly root: string;
  #container: ChildProcess | null = null;
  #init = '';

  constructor(root: string) {
    this.root = root;
  }

  /** A machine that was never booted, in a folder of its own. */
  static async make(name: string): Promise<Machine> {
    const machine = new Machine(await ownFolder(name));
    await chmod(machine.root, 0o755);
    for (const folder of ['etc/systemd/system', 'etc/kubernetes/manifests', 'var', 'run', 'tmp', 'usr', 'root'])
      await mkdir(machine.file(folder), { recursive: true });
    for (const link of ['bin', 'sbin', 'lib', 'lib64']) await symlink(`usr/${link}`, machine.file(link));
    for (const file of ['passwd', 'group', 'os-release']) await copyFile(`/etc/${file}`, machine.file(`etc/${file}`));
    await writeFile(machine.file('etc/machine-id'), `${'0123456789abcdef'.repeat(2)}\n`);
    await symlink('/usr/lib/systemd/system/multi-user.target', machine.file('etc/systemd/system/default.target'));
    return machine;
  }

  async boot(): Promise<void> {
    const options = ['--register=no', '--keep-unit', '--private-network', '--console=pipe', '--quiet', '-M', 'field'];
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

  async remove(): Promise<void> {
    await this.cutPower();
    if (this.root !== '') await removeFolder(this.root);
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

  file(path: string): string {
    return join(this.root, path);
  }
}

export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + LIMIT_MS;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`Never came: ${what}`);
    await sleep(100);
  }
}
