import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, open, rename, rm, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { FaultWrong } from './faults.ts';
import { errorWords } from './files/path-refused.ts';
import { markBackingFile } from './mounts.ts';
import type { ClusterParts } from './parts.ts';
import { includeName } from './registry/image-answers.ts';
import { CONF_D, isOtherVersion } from './registry/pod.ts';
import { runScript } from './scripts.ts';
import type { SshServer } from './ssh/server.ts';
import type { SimNode } from './world.ts';

/** Undoes the effect of a fault. */
type Undo = () => Promise<void>;
type Effect = (args: readonly string[]) => Promise<Undo>;

const VERSION_LABEL = 'metalk8s.scality.com/version';
const NOTHING: Undo = async () => undefined;

/** Faults that change something at once. All other faults are checked by the code that they affect. */
export class FaultEffects {
  private readonly parts: ClusterParts;
  private readonly sshServers: ReadonlyMap<string, SshServer>;
  private readonly newHostKey: () => string;
  private readonly undos = new Map<string, Map<string, Undo>>();
  private readonly effects: Readonly<Record<string, Effect>>;

  constructor(parts: ClusterParts, sshServers: ReadonlyMap<string, SshServer>, newHostKey: () => string) {
    this.parts = parts;
    this.sshServers = sshServers;
    this.newHostKey = newHostKey;
    this.effects = {
      'ssh-refused': ([node = '']) => this.refuseSsh(node),
      'host-key-changed': ([node = '']) => this.changeHostKey(node),
      'port-taken': ([node = '']) => this.takePort(this.node(node)),
      'disk-full': ([node = '', left = '0']) => this.fillDisk(this.node(node), Number(left)),
      'node-not-ready': ([node = '']) => this.notReady(this.node(node)),
      'upgrade-started': () => this.startUpgrade(),
      'script-running': ([script = '']) => runScript(this.parts.world.bootstrap, script),
      'bootstrap-registry-not-ready': () => this.registryNotReady(),
      'include-lost': ([node = '']) => this.loseIncludes(this.node(node)),
      'archive-missing': ([path = '']) => this.withFile(path, async () => undefined),
      'archive-truncated': ([path = '']) => this.withFile(path, truncatedCopy),
      'archive-unreadable': ([path = '']) => this.makeUnreadable(path),
      'archive-replaced': ([path = '']) => this.replaceFile(path),
    };
  }

  /** Turns a fault on and applies its effect. */
  async on(name: string, args: readonly string[]): Promise<void> {
    const wasOn =
      args[0] === undefined ? this.parts.faults.isOn(name) : this.parts.faults.wordsFor(name, args[0]) !== undefined;
    this.parts.faults.set(name, args);
    const undos = this.undos.get(name) ?? new Map<string, Undo>();
    this.undos.set(name, undos);
    if (wasOn) await undos.get(args[0] ?? '')?.();
    undos.set(args[0] ?? '', await this.effect(name, args));
    this.parts.world.events.emit('changed');
  }

  /** If the effect fails, the fault stays off. */
  private async effect(name: string, args: readonly string[]): Promise<Undo> {
    try {
      return (await this.effects[name]?.(args)) ?? NOTHING;
    } catch (cause) {
      this.parts.faults.clearFor(name, args[0] ?? '');
      throw new FaultWrong(`${[name, ...args].join(' ')}: ${errorWords(cause)}`, { cause });
    }
  }

  /** Turns a fault off everywhere and undoes its effects. */
  async off(name: string): Promise<void> {
    this.parts.faults.clear(name);
    const undos = this.undos.get(name);
    this.undos.delete(name);
    for (const undo of undos?.values() ?? []) await undo();
    this.parts.world.events.emit('changed');
  }

  /** Undoes every fault of a node that leaves. */
  async forget(node: string): Promise<void> {
    for (const [name, undos] of this.undos) {
      if (!undos.has(node)) continue;
      this.parts.faults.clearFor(name, node);
      await undos.get(node)?.();
      undos.delete(node);
    }
  }

  /** Frees the ports of this computer that faults hold. */
  async close(): Promise<void> {
    const undo = this.undos.get('port-taken');
    for (const one of undo?.values() ?? []) await one();
  }

  private node(name: string): SimNode {
    const node = this.parts.world.nodes.get(name);
    if (node === undefined) throw new Error(`no node ${name}`);
    return node;
  }

  private async refuseSsh(name: string): Promise<Undo> {
    await this.sshServers.get(name)?.stop();
    return async () => this.sshServers.get(name)?.listenAgain();
  }

  private async changeHostKey(name: string): Promise<Undo> {
    const server = this.sshServers.get(name);
    await server?.stop();
    await server?.listen(this.newHostKey());
    return NOTHING;
  }

  private async takePort(node: SimNode): Promise<Undo> {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.end('HTTP/1.0 400 Bad Request\r\n\r\n', () => socket.destroy());
    });
    const isMine = await listening(server, this.parts.world.registryPort, node.ip);
    return async () => {
      if (!isMine) return;
      server.close();
      await once(server, 'close');
    };
  }

  private async fillDisk(node: SimNode, left: number): Promise<Undo> {
    const before = node.freeBytes.get('/') ?? 0;
    node.freeBytes.set('/', left);
    return async () => {
      const used = left - (node.freeBytes.get('/') ?? 0);
      node.freeBytes.set('/', before - used);
    };
  }

  private async notReady(node: SimNode): Promise<Undo> {
    const before = node.ready;
    node.ready = false;
    return async () => {
      node.ready = before;
    };
  }

  private async startUpgrade(): Promise<Undo> {
    const { world, archives } = this.parts;
    const other = archives.find(
      (one) => one.described.kind === 'metalk8s' && isOtherVersion(one.id, world.clusterVersion),
    );
    const nodes = [...world.nodes.values()];
    const moved = nodes.slice(Math.ceil(nodes.length / 2)).map((node) => ({ node, before: node.version }));
    for (const { node } of moved) relabel(node, other?.described.version ?? `${world.clusterVersion}-next`);
    return async () => {
      for (const { node, before } of moved) relabel(node, before);
    };
  }

  private async registryNotReady(): Promise<Undo> {
    const { bootstrap } = this.parts.world;
    const before = bootstrap.registry?.ready === true;
    if (bootstrap.registry !== null) bootstrap.registry.ready = false;
    return async () => {
      if (bootstrap.registry !== null && before) bootstrap.registry.ready = true;
    };
  }

  /** A running registry loses its routes at once; one that has not started loses them at its start. */
  private async loseIncludes(node: SimNode): Promise<Undo> {
    const pod = node.registry;
    if (pod === null) return NOTHING;
    const lost = pod.carries.filter((id) => isOtherVersion(id, pod.version)).map(includeName);
    for (const name of lost) await rm(join(node.root, CONF_D, name), { force: true });
    node.registry = { ...pod, config: new Map([...pod.config].filter(([name]) => !lost.includes(name))) };
    this.parts.faults.clearFor('include-lost', node.name);
    return NOTHING;
  }

  /** Removes an archive of the bootstrap and lets `put` create something else at its path. */
  private async withFile(path: string, put: (kept: string, real: string) => Promise<void>): Promise<Undo> {
    const { real } = await this.parts.filesOf(this.parts.world.bootstrap).find('root', path, 'read', false);
    const kept = join(dirname(this.parts.world.bootstrap.root), `kept-${Date.now()}-${Math.floor(performance.now())}`);
    await rename(real, kept);
    await put(kept, real);
    return async () => rename(kept, real);
  }

  private async replaceFile(path: string): Promise<Undo> {
    const { bootstrap } = this.parts.world;
    const undo = await this.withFile(path, otherCopy);
    await markBackingFile(bootstrap, path, true);
    return async () => {
      await undo();
      await markBackingFile(bootstrap, path, false);
    };
  }

  /** root can read a file with mode 000, so a named pipe replaces the archive: nobody can read it as a file. */
  private async makeUnreadable(path: string): Promise<Undo> {
    const files = this.parts.filesOf(this.parts.world.bootstrap);
    const undo = await this.withFile(path, async (kept, real) => {
      await promisify(execFile)('mkfifo', [real]);
      files.unreadable.set(path, kept);
    });
    return async () => {
      files.unreadable.delete(path);
      await undo();
    };
  }
}

function relabel(node: SimNode, version: string): void {
  node.version = version;
  node.labels[VERSION_LABEL] = version;
}

async function listening(server: Server, port: number, ip: string): Promise<boolean> {
  server.listen(port, ip);
  try {
    await once(server, 'listening');
    return true;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE') return false;
    throw cause;
  }
}

async function truncatedCopy(kept: string, real: string): Promise<void> {
  await copyFile(kept, real);
  const file = await open(real, 'r+');
  await file.truncate(Math.floor(((await stat(kept)).size * 2) / 3));
  await file.close();
}

/** Same size, new inode, other bytes at the end: another build was copied there. */
async function otherCopy(kept: string, real: string): Promise<void> {
  await copyFile(kept, real);
  const file = await open(real, 'r+');
  await file.write(Buffer.alloc(2048, 0x5a), 0, 2048, (await stat(kept)).size - 2048);
  await file.close();
}
