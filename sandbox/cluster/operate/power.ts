import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endpointsOf } from '../kube/objects/endpoints.ts';
import { unmountIso } from '../mounts.ts';
import { paced } from '../parts.ts';
import type { SimNode } from '../world.ts';
import { loadedEndpoints, mountFstab } from './boot.ts';
import { OperationFailed } from './config.ts';
import type { MachineParts } from './machine-parts.ts';

/** From power-on until kubelet and salt-minion run. */
const BOOT_MS = 60_000;

/** Machines that are switched off and on. */
export class Power {
  private readonly own: MachineParts;
  /** Machines that are off, by the node's name; their Node may be deleted meanwhile. */
  private readonly without = new Map<string, SimNode>();

  constructor(own: MachineParts) {
    this.own = own;
  }

  isOff(node: SimNode): boolean {
    return this.without.get(node.name) === node;
  }

  /** The machine that is off under this name. */
  machineOf(name: string): SimNode {
    const node = this.without.get(name);
    if (node === undefined) throw new OperationFailed(`No machine ${name} is off.`);
    return node;
  }

  /** SSH, minion, pod, timers and API server go. Before the bootstrap node is switched off, the caller kills the worker. */
  async off(node: SimNode): Promise<void> {
    if (this.isOff(node)) throw new OperationFailed(`${node.name} is off already.`);
    this.without.set(node.name, node);
    await this.down(node);
    await this.own.kube.leave(node);
  }

  /** A machine whose Node was deleted registers it again by its kubelet: without roles, version and annotations, and with its own pods. */
  async on(node: SimNode): Promise<void> {
    const { parts, kube } = this.own;
    this.without.delete(node.name);
    const isKnown = parts.nodes.get(node.name) === node;
    if (!isKnown) this.register(node);
    if (node.hasSaltMaster) await kube.listenOn(node);
    // The minion of a former bootstrap node knows its own master only.
    await this.up(node, isKnown);
  }

  /** Before the bootstrap node reboots, the caller kills the worker; the API server stays, as on another master. */
  async reboot(node: SimNode): Promise<void> {
    const { parts } = this.own;
    await this.down(node);
    await sleep(paced(parts, BOOT_MS), undefined, { signal: parts.closing });
    await this.up(node, true);
  }

  /** Returns at once if there is no registry, or if it cannot start: kubelet keeps trying. */
  async untilServing(node: SimNode): Promise<void> {
    const { parts, pods } = this.own;
    const isListed = () =>
      endpointsOf(parts.world)
        .read()
        .ready.some((one) => one.node === node.name);
    while ((await pods.canStart(node)) && !isListed()) {
      await sleep(20, undefined, { signal: parts.closing });
    }
  }

  private register(node: SimNode): void {
    node.roles = [];
    node.isLabelled = false;
    for (const key of Object.keys(node.labels)) delete node.labels[key];
    for (const key of Object.keys(node.annotations)) delete node.annotations[key];
    this.own.parts.nodes.set(node.name, node);
  }

  private async down(node: SimNode): Promise<void> {
    const { parts, pods, fleet, restoreSwitch } = this.own;
    node.ready = false;
    node.minion.up = false;
    const server = fleet.servers.get(node.name);
    await server?.stop();
    await server?.drained();
    restoreSwitch.poweredOff(node);
    await pods.stop(node);
    for (const { target } of [...node.mounts]) await unmountIso(parts, node, target);
    await rm(join(node.root, 'run'), { recursive: true, force: true });
    await parts.filesOf(node).makeFolders('/run');
    parts.world.events.emit('changed');
  }

  /** Mounts that /etc/fstab does not have are gone, and /run is empty. containerd reads its configuration anew. */
  private async up(node: SimNode, hasMinion: boolean): Promise<void> {
    const { parts, fleet, restoreSwitch, kubelet } = this.own;
    await mountFstab(parts, node);
    const endpoints = await loadedEndpoints(parts, node);
    node.engine = { endpoints, restartedAt: new Date().toISOString(), brokenBy: null };
    node.minion.up = hasMinion;
    node.ready = true;
    const server = fleet.servers.get(node.name);
    if (!parts.faults.isOn('ssh-refused', node.name))
      await (server === undefined ? fleet.join(node) : server.listenAgain());
    parts.world.events.emit('changed');
    await restoreSwitch.booted(node);
    kubelet.notice(node);
    await kubelet.drained();
    await this.untilServing(node);
  }
}
