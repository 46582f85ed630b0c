import { join } from 'node:path';
import { addressOf, type NodeAddress } from '../build/addresses.ts';
import { type DescribedNode, type Description, describedNode } from '../build/description.ts';
import { buildNode, configureEngine, layFolders } from '../build/nodes.ts';
import { endpointsOf } from '../kube/objects/endpoints.ts';
import { writeMountTables } from '../mounts.ts';
import type { SimNode } from '../world.ts';
import type { Backups } from './backups.ts';
import { OperationFailed } from './config.ts';
import type { MachineParts } from './machine-parts.ts';
import { keepManifest } from './manifest.ts';
import { Power } from './power.ts';
import { pullImage } from './pull.ts';
import { restoreBootstrap } from './restore.ts';

export interface MachinesOptions {
  readonly description: Description;
  readonly folder: string;
  /** `127.X.Y`, of every node. */
  readonly network: string;
}

const LAST_ADDRESS = 254;

/** Machines that join the cluster, leave it and reboot, and what their engines pull. Each act throws OperationFailed. */
export class Machines {
  private readonly own: MachineParts;
  private readonly power: Power;
  private readonly options: MachinesOptions;
  /** Machines so far, by the node's name. */
  private readonly counts = new Map<string, number>();
  /** Addresses of nodes that left, which the next machine of that name has again. */
  private readonly left = new Map<string, NodeAddress>();
  private readonly acts: Readonly<Record<string, (args: readonly string[]) => Promise<void>>>;

  constructor(own: MachineParts, options: MachinesOptions, backups: Backups) {
    this.own = own;
    this.power = new Power(own);
    this.options = options;
    this.acts = {
      node: ([act = '', name = '']) => this.change(act, name),
      reboot: ([name = '']) => this.power.reboot(this.node(name)),
      power: ([way = '', name = '']) =>
        way === 'off' ? this.power.off(this.node(name)) : this.power.on(this.power.machineOf(name)),
      restore: ([name = '']) => restoreBootstrap(this.node(name), this.own, backups),
      manifest: ([act = '', name = '']) => keepManifest(this.own.parts, this.node(name), act),
      timer: ([, name = '']) => this.elapse(this.node(name)),
      engine: ([, name = '', image = '', , from]) =>
        pullImage(this.own.parts, this.node(name), image, from === undefined ? null : this.node(from)),
    };
  }

  knows(operation: string): boolean {
    return Object.hasOwn(this.acts, operation);
  }

  async run(operation: string, args: readonly string[]): Promise<void> {
    await this.acts[operation]?.(args);
  }

  private async change(act: string, name: string): Promise<void> {
    if (act !== 'add') await this.leave(this.node(name));
    if (act !== 'delete') await this.join(name);
  }

  private node(name: string): SimNode {
    const node = this.own.parts.nodes.get(name);
    if (node !== undefined) return node;
    throw new OperationFailed(`There is no node ${name}. Nodes: ${[...this.own.parts.nodes.keys()].join(', ')}.`);
  }

  /** `kubectl delete node` and `salt-key -d` of a machine that is off: its mirror pods go with the Node, then its address. */
  private async leave(node: SimNode): Promise<void> {
    const { parts, pods, fleet, effects } = this.own;
    if (node === parts.world.bootstrap && !this.power.isOff(node))
      throw new OperationFailed('The bootstrap node is on: the worker runs there. Switch it off first.');
    await effects.forget(node.name);
    node.ready = false;
    node.minion.up = false;
    await fleet.leave(node.name);
    await pods.stop(node);
    this.left.set(node.name, { ip: node.ip, sshPort: node.ssh.port });
    parts.nodes.delete(node.name);
    parts.world.events.emit('changed');
  }

  /** An expansion, at the cluster's version. The engine gets the registries that are Ready now (reference: metalk8s.md §7.4). */
  private async join(name: string): Promise<void> {
    const { parts, fleet } = this.own;
    const { world } = parts;
    if (parts.nodes.has(name)) throw new OperationFailed(`Node ${name} is there already.`);
    const described = this.describe(name);
    const address = this.left.get(name) ?? (await addressOf(this.options.network, described));
    if (address === null) throw new OperationFailed(`No port is free at the address of ${name}.`);
    const machine = (this.counts.get(name) ?? (this.left.has(name) ? 1 : 0)) + 1;
    this.counts.set(name, machine);
    const at = { ...described, version: world.clusterVersion, ready: true };
    const node = await buildNode(this.options.description, at, address, join(this.options.folder, 'nodes'), machine);
    const files = parts.filesOf(node);
    await layFolders(node, files, described.links);
    const ready = endpointsOf(world)
      .read()
      .ready.map(({ ip }) => `http://${ip}:${world.registryPort}`);
    await configureEngine(node, files, ready);
    await writeMountTables(node);
    node.freeBytes.set('/', described.freeBytes);
    await fleet.join(node);
    parts.nodes.set(name, node);
    world.events.emit('changed');
  }

  private describe(name: string): DescribedNode {
    const { nodes } = this.options.description;
    const used = new Set([...nodes.map(({ ip }) => ip), ...[...this.left.values()].map(lastPart)]);
    for (const node of this.own.parts.nodes.values()) used.add(lastPart(node));
    let free = 2;
    while (used.has(free)) free += 1;
    if (free > LAST_ADDRESS) throw new OperationFailed('No address is free.');
    return nodes.find((node) => node.name === name) ?? describedNode(name, free);
  }

  /** The timer of a drill elapses now. Ends once the registry is listed again. */
  private async elapse(node: SimNode): Promise<void> {
    const { restoreSwitch, kubelet } = this.own;
    if (!restoreSwitch.isArmed(node)) throw new OperationFailed(`No timer of a drill runs on ${node.name}.`);
    await restoreSwitch.booted(node);
    await kubelet.drained();
    await this.power.untilServing(node);
  }
}

const lastPart = ({ ip }: Pick<SimNode, 'ip'>): number => Number(ip.slice(ip.lastIndexOf('.') + 1));
