import { createHash } from 'node:crypto';
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClusterParts, contentFolder, paced } from '../parts.ts';
import type { SimNode, SimRegistry } from '../world.ts';
import { type Answer, errorPage, textAnswer } from './answer.ts';
import { imageAnswer, includeName, listIfThere, readIfThere } from './image-answers.ts';
import { movedTo, packageAnswer } from './package-answers.ts';
import { closeHttp, listenHttp } from './server.ts';

/** The content of the static pod's manifest. */
export interface PodSpec {
  readonly version: string;
  readonly carries: readonly string[];
}

export const CONF_D = '/var/lib/metalk8s/repositories/conf.d';
/** Half of the six seconds until the readiness probe succeeds. */
const HALF_START_MS = 3000;
/** The longest delay before kubelet retries a pod that cannot start, at any pace. */
const RETRY_MS = 2000;
const RETRY_LEAST_MS = 20;

/** The repositories pods of all nodes: started from conf.d, Ready some seconds later, nginx on 8080. */
export class RegistryPods {
  private readonly parts: ClusterParts;
  private readonly running = new Map<
    string,
    { readonly abort: AbortController; server: Server | null; starting: Promise<void> }
  >();

  private readonly turns = new Map<string, Promise<void>>();

  constructor(parts: ClusterParts) {
    this.parts = parts;
  }

  /** Replaces the node's pod. With `instantly`, resolves once it serves and is Ready. */
  start(node: SimNode, spec: PodSpec, instantly = false): Promise<void> {
    return this.inTurn(node, async () => {
      await this.end(node);
      node.registry = {
        ...spec,
        ...(await this.snapshot(node, spec)),
        ready: false,
        startedAt: new Date().toISOString(),
      };
      this.changed();
      const abort = new AbortController();
      const signal = AbortSignal.any([abort.signal, this.parts.closing]);
      const pod = { abort, server: null, starting: Promise.resolve() };
      this.running.set(node.name, pod);
      pod.starting = this.bringUp(node, node.registry, signal, instantly);
      pod.starting.catch((cause: unknown) => {
        if (!signal.aborted) this.parts.world.events.emit('broken', cause);
      });
      if (instantly) await pod.starting;
    });
  }

  stop(node: SimNode): Promise<void> {
    return this.inTurn(node, async () => {
      await this.end(node);
      node.registry = null;
      this.changed();
    });
  }

  /** Whether the node has a pod that can start: its volumes are there and its configuration is right. */
  async canStart(node: SimNode): Promise<boolean> {
    const pod = node.registry;
    return pod !== null && isConfigured(pod) && (await this.hasVolumes(node, pod));
  }

  isListening(node: SimNode): boolean {
    return this.running.get(node.name)?.server?.listening === true;
  }

  async close(): Promise<void> {
    for (const node of this.parts.world.nodes.values()) await this.end(node);
  }

  /** Runs requests of kubelet and Salt for one node's pod one after the other. */
  private inTurn(node: SimNode, work: () => Promise<void>): Promise<void> {
    const turn = (this.turns.get(node.name) ?? Promise.resolve()).then(work);
    this.turns.set(
      node.name,
      turn.catch(() => undefined),
    );
    return turn;
  }

  private async end(node: SimNode): Promise<void> {
    const pod = this.running.get(node.name);
    if (pod === undefined) return;
    this.running.delete(node.name);
    pod.abort.abort();
    await pod.starting.catch(() => undefined);
    if (pod.server !== null) await closeHttp(pod.server);
  }

  private async snapshot(node: SimNode, spec: PodSpec): Promise<Pick<SimRegistry, 'config' | 'configDigest'>> {
    const config = new Map<string, string>();
    for (const name of (await listIfThere(this.parts, node, CONF_D)) ?? []) {
      const file = name.endsWith('/') ? null : await readIfThere(this.parts, node, `${CONF_D}/${name}`);
      if (file !== null) config.set(name, file.body.toString());
    }
    if (this.parts.faults.isOn('include-lost', node.name)) {
      for (const id of spec.carries) if (isOtherVersion(id, spec.version)) config.delete(includeName(id));
      this.parts.faults.clearFor('include-lost', node.name);
    }
    const digest = createHash('md5');
    for (const [name, content] of config)
      digest.update(
        createHash('sha256')
          .update(name + content)
          .digest(),
      );
    return { config, configDigest: digest.digest('hex') };
  }

  private async bringUp(node: SimNode, pod: SimRegistry, signal: AbortSignal, instantly: boolean): Promise<void> {
    const half = instantly ? 0 : paced(this.parts, HALF_START_MS);
    await sleep(half, undefined, { signal });
    while (!(await this.tryListen(node, pod, signal))) {
      await sleep(Math.max(RETRY_LEAST_MS, paced(this.parts, RETRY_MS)), undefined, { signal });
    }
    await sleep(half, undefined, { signal });
    pod.ready = !(node === this.parts.world.bootstrap && this.parts.faults.isOn('bootstrap-registry-not-ready'));
    this.changed();
  }

  /** One start attempt; false if a volume is missing, the configuration is wrong, or the port is in use. */
  private async tryListen(node: SimNode, pod: SimRegistry, signal: AbortSignal): Promise<boolean> {
    if (!isConfigured(pod) || !(await this.hasVolumes(node, pod))) return false;
    const server = await listenHttp(node.ip, this.parts.world.registryPort, (path) => this.respond(node, path)).catch(
      portTaken,
    );
    if (server === null) return false;
    const current = this.running.get(node.name);
    if (signal.aborted || current === undefined) {
      await closeHttp(server);
      return false;
    }
    current.server = server;
    return true;
  }

  private async hasVolumes(node: SimNode, pod: SimRegistry): Promise<boolean> {
    for (const id of pod.carries) {
      const folder = contentFolder(this.parts, id);
      const wanted = id.startsWith('metalk8s-') ? ['images', 'packages'] : ['images'];
      for (const one of wanted) if ((await listIfThere(this.parts, node, `${folder}/${one}`)) === null) return false;
    }
    return true;
  }

  private async respond(node: SimNode, path: string): Promise<Answer> {
    const pod = node.registry;
    if (pod === null) return errorPage(503, 'Service Temporarily Unavailable');
    const hasCommon = pod.config.has('99-registry-common.inc');
    if (hasCommon && path === '/v2') return movedTo('/v2/');
    if (hasCommon && path === '/v2/') return textAnswer(200, 'application/octet-stream', 'ok');
    return path.startsWith('/v2/')
      ? imageAnswer(this.parts, node, pod, path)
      : packageAnswer(this.parts, node, pod, path);
  }

  private changed(): void {
    this.parts.world.events.emit('changed');
  }
}

/** Whether this is the saltenv of another MetalK8s version than the pod's. */
export function isOtherVersion(id: string, version: string): boolean {
  return id.startsWith('metalk8s-') && id !== `metalk8s-${version}`;
}

/** nginx does not start without its server block, or if an include uses an undefined variable. */
function isConfigured({ config }: SimRegistry): boolean {
  if (!config.has('default.conf')) return false;
  const includes = [...config].filter(([name]) => name.endsWith('.inc')).map(([, text]) => text);
  const found = (pattern: RegExp) => includes.flatMap((text) => [...text.matchAll(pattern)].map(([, name]) => name));
  const isSet = new Set(found(/\bset \$(\w+) /g));
  // Salt has rendered the paths of solutions into their includes.
  return found(/\$(metalk8s_\w+_images)\b/g).every((name) => isSet.has(name));
}

function portTaken(cause: unknown): null {
  if (cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE') return null;
  throw cause;
}
