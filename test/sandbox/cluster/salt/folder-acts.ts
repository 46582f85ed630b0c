import { once } from 'node:events';
import { cp, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type NodeActs, SimMountError, type SimNode, type World } from '../../../../sandbox/cluster/world.ts';
import { removeFolder } from '../../../harness/stage/own-folder.ts';

/** NodeActs over folders, with a real HTTP server for each registry that serves the mounted packages. */
export class FolderActs implements NodeActs {
  private readonly world: World;
  private readonly servers = new Map<string, Server>();
  /** Files are written once this is resolved. */
  held: Promise<void> = Promise.resolve();

  constructor(world: World) {
    this.world = world;
  }

  async runAsRoot() {
    return null;
  }

  async mount(node: SimNode, isoPath: string, target: string): Promise<void> {
    if ((await this.exists(node, `${isoPath}/broken`)) !== null) {
      throw new SimMountError(`mount: ${target}: wrong fs type, bad option, bad superblock on /dev/loop9.`);
    }
    await cp(join(node.root, isoPath), join(node.root, target), { recursive: true });
    node.mounts.push({
      target,
      isoPath,
      real: { target, isoPath },
      file: { dev: 0, ino: 0 },
      loop: `/dev/loop${node.mounts.length}`,
    });
  }

  async unmount(node: SimNode, target: string): Promise<void> {
    node.mounts.splice(
      node.mounts.findIndex((mount) => mount.target === target),
      1,
    );
    await removeFolder(join(node.root, target));
    await mkdir(join(node.root, target));
  }

  async readFromIso(node: SimNode, isoPath: string, name: string): Promise<string> {
    if ((await this.exists(node, `${isoPath}/corrupt`)) !== null) throw new Error('isoinfo: Short read on old image');
    const file = `${isoPath}/${name.toLowerCase()}`;
    return (await this.exists(node, file)) === 'file' ? await this.readFile(node, file) : '';
  }

  async startRegistry(
    node: SimNode,
    spec: { readonly version: string; readonly carries: readonly string[] },
  ): Promise<void> {
    await this.stopRegistry(node);
    const server = createServer(async (request, response) => {
      const [env = '', ...rest] = (request.url ?? '/').split('/').filter((part) => part !== '');
      const isThere = (await this.exists(node, `/srv/scality/${env}/packages/${rest.join('/')}`)) !== null;
      response.writeHead(isThere ? 200 : 404).end();
    });
    server.listen(this.world.registryPort, node.ip);
    await once(server, 'listening');
    this.servers.set(node.name, server);
    const registry = {
      ...spec,
      config: new Map<string, string>(),
      configDigest: 'd',
      ready: false,
      startedAt: new Date().toISOString(),
    };
    node.registry = registry;
    this.world.events.emit('changed');
    setTimeout(() => {
      registry.ready = true;
      this.world.events.emit('changed');
    }, 6_000 * this.world.pace);
  }

  async stopRegistry(node: SimNode): Promise<void> {
    const server = this.servers.get(node.name);
    node.registry = null;
    if (server === undefined) return;
    this.servers.delete(node.name);
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }

  async untilReady(node: SimNode): Promise<void> {
    while (node.registry?.ready === false) await sleep(2);
  }

  async readFile(node: SimNode, path: string): Promise<string> {
    return await readFile(join(node.root, path), 'utf8');
  }

  async writeFile(node: SimNode, path: string, content: string): Promise<void> {
    await this.held;
    await mkdir(dirname(join(node.root, path)), { recursive: true });
    await writeFile(join(node.root, path), content);
  }

  /** An archive folder in place of an ISO is reported as a file. */
  async exists(node: SimNode, path: string): Promise<'file' | 'directory' | null> {
    const found = await stat(join(node.root, path)).catch(() => null);
    if (found === null) return null;
    return found.isDirectory() && !path.endsWith('.iso') ? 'directory' : 'file';
  }

  async close(): Promise<void> {
    for (const node of this.world.nodes.values()) await this.stopRegistry(node);
  }
}
