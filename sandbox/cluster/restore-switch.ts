import { rename, rm } from 'node:fs/promises';
import {
  ARM_SCRIPT,
  DISARM_SCRIPT,
  RESTORE_SCRIPT,
  SWITCH_SCRIPT,
  TAKE_SCRIPT,
} from '../../src/domain/node-commands/drill-commands.ts';
import { REGISTRY_MANIFEST } from '../../src/domain/node-commands/undo-commands.ts';
import { PathRefused } from './files/path-refused.ts';
import { definesRegistry, type Kubelet, visibleManifests } from './kubelet.ts';
import type { ClusterParts } from './parts.ts';
import { namesIn } from './salt/node-tree.ts';
import type { RootShell, ShellAnswer, SimNode } from './world.ts';

/** A timer that elapses at a hundredth of its time would end a drill whose worker looks once a second. */
const LEAST_PACE = 0.1;
const FOLDER = '/etc/kubernetes';
const OK: ShellAnswer = { exitCode: 0, stdout: '', stderr: '' };
const FAILED: ShellAnswer = { exitCode: 1, stdout: '', stderr: '' };

/** A node's registry-ha-restore: a service that is enabled, and its timer. */
interface Armed {
  readonly aside: string;
  readonly seconds: number;
  readonly since: number;
  readonly timer: NodeJS.Timeout;
}

/** systemd on a node, as far as a drill uses it: its units, its timer, and what they do to the manifest. */
export class RestoreSwitch implements RootShell {
  private readonly parts: ClusterParts;
  private readonly kubelet: Kubelet;
  private readonly armed = new Map<string, Armed>();
  private readonly scripts: Readonly<Record<string, (node: SimNode, args: readonly string[]) => Promise<ShellAnswer>>>;

  constructor(parts: ClusterParts, kubelet: Kubelet) {
    this.parts = parts;
    this.kubelet = kubelet;
    this.scripts = {
      [ARM_SCRIPT]: (node, [service = '', timer = '']) => this.arm(node, service, timer),
      [TAKE_SCRIPT]: (node, [aside = '']) => this.take(node, aside),
      [RESTORE_SCRIPT]: (node, [aside = '']) => this.putBack(node, aside),
      [DISARM_SCRIPT]: (node, [aside = '']) => this.disarm(node, aside),
      [SWITCH_SCRIPT]: (node) => this.look(node),
    };
  }

  /** Runs one of the worker's scripts for a drill; null for anything else. */
  async run(node: SimNode, words: readonly string[]): Promise<ShellAnswer | null> {
    const [sh, c, script = '', name, ...args] = words;
    if (sh !== 'sh' || c !== '-c' || name !== 'sh') return null;
    return (await this.scripts[script]?.(node, args)) ?? null;
  }

  isArmed(node: SimNode): boolean {
    return this.armed.has(node.name);
  }

  /** After a boot, the enabled service runs at once; the timer is gone. */
  async booted(node: SimNode): Promise<void> {
    const armed = this.armed.get(node.name);
    if (armed !== undefined) await this.elapse(node, armed);
  }

  /** Before a boot: a timer does not survive it. */
  poweredOff(node: SimNode): void {
    clearTimeout(this.armed.get(node.name)?.timer);
  }

  close(): void {
    for (const { timer } of this.armed.values()) clearTimeout(timer);
  }

  private async arm(node: SimNode, service: string, timer: string): Promise<ShellAnswer> {
    if (this.parts.faults.isOn('switch-fails'))
      return { ...FAILED, stderr: 'Failed to enable unit: Read-only file system' };
    const aside = /^# (\S+)$/m.exec(service)?.[1];
    const seconds = Number(/^OnActiveSec=(\d+)$/m.exec(timer)?.[1]);
    if (aside === undefined || Number.isNaN(seconds) || !service.includes('\nWantedBy=multi-user.target\n'))
      return FAILED;
    this.poweredOff(node);
    const armed: Armed = {
      aside,
      seconds,
      since: performance.now(),
      timer: setTimeout(() => this.fire(node, armed), seconds * 1000 * this.pace()),
    };
    armed.timer.unref();
    this.armed.set(node.name, armed);
    return OK;
  }

  private fire(node: SimNode, armed: Armed): void {
    this.elapse(node, armed).catch((cause: unknown) => {
      if (!this.parts.closing.aborted) this.parts.world.events.emit('broken', cause);
    });
  }

  /** What the service does. */
  private async elapse(node: SimNode, armed: Armed): Promise<void> {
    if (this.armed.get(node.name) !== armed) return;
    await this.putBack(node, armed.aside);
    await this.disarm(node, armed.aside);
  }

  private async take(node: SimNode, aside: string): Promise<ShellAnswer> {
    if (!this.isArmed(node) || !(await this.isThere(node, REGISTRY_MANIFEST))) return FAILED;
    await this.move(node, REGISTRY_MANIFEST, aside);
    return OK;
  }

  /** A newer manifest stays. */
  private async putBack(node: SimNode, aside: string): Promise<ShellAnswer> {
    if (!(await this.isThere(node, aside))) return OK;
    if (!(await this.isThere(node, REGISTRY_MANIFEST))) await this.move(node, aside, REGISTRY_MANIFEST);
    else await rm((await this.parts.filesOf(node).find('root', aside, 'enter')).real);
    return OK;
  }

  private async disarm(node: SimNode, aside: string): Promise<ShellAnswer> {
    if (await this.isThere(node, aside)) return FAILED;
    this.poweredOff(node);
    this.armed.delete(node.name);
    return OK;
  }

  private async look(node: SimNode): Promise<ShellAnswer> {
    const armed = this.armed.get(node.name);
    const up = 1_000 + performance.now() / 1000 / this.pace();
    const since = armed === undefined ? 0 : 1_000 + armed.since / 1000 / this.pace();
    const names = await namesIn(node, FOLDER);
    const aside = names
      .filter((name) => name.startsWith('repositories.yaml.drill-'))
      .map((name) => `${FOLDER}/${name}`);
    const manifest = (await this.isThere(node, REGISTRY_MANIFEST)) ? [REGISTRY_MANIFEST] : [];
    const lines = [
      armed === undefined ? 'enabled Failed to get unit file state: No such file or directory' : 'enabled enabled',
      armed === undefined ? 'timer inactive' : 'timer active',
      `ActiveEnterTimestampMonotonic=${Math.round(since * 1_000_000)}`,
      `up ${up.toFixed(2)}`,
      ...(armed === undefined ? [] : [`keeps ${armed.aside}`, `after ${armed.seconds}`]),
      ...[...manifest, ...aside].map((path) => `file ${path}`),
      ...(await visibleManifests(this.parts, node)).flatMap(({ path, text }) =>
        definesRegistry(text) ? [`runs ${path}`] : [],
      ),
    ];
    return { ...OK, stdout: lines.join('\n') };
  }

  private async isThere(node: SimNode, path: string): Promise<boolean> {
    try {
      return (await this.parts.filesOf(node).find('root', path, 'look')).stats !== null;
    } catch (cause) {
      if (cause instanceof PathRefused) return false;
      throw cause;
    }
  }

  private async move(node: SimNode, from: string, to: string): Promise<void> {
    const files = this.parts.filesOf(node);
    const [source, target] = [await files.find('root', from, 'enter'), await files.find('root', to, 'enter')];
    await rename(source.real, target.real);
    files.moved(source.path, target.path);
    this.kubelet.notice(node);
  }

  private pace(): number {
    return Math.max(LEAST_PACE, this.parts.world.pace);
  }
}
