import { setTimeout as sleep } from 'node:timers/promises';
import { load } from 'js-yaml';
import { z } from 'zod';
import { PathRefused } from './files/path-refused.ts';
import { type ClusterParts, paced } from './parts.ts';
import { listIfThere, readIfThere } from './registry/image-answers.ts';
import type { PodSpec, RegistryPods } from './registry/pod.ts';
import type { SimNode } from './world.ts';

export const MANIFESTS = '/etc/kubernetes/manifests';
/** kubelet's fileCheckFrequency is 20 s, but inotify wakes it earlier: about half a second, plus the pod's shutdown. */
const NOTICE_MS = 2000;
/** Real milliseconds. */
const LOOK_AGAIN_MS = 20;

const Manifest = z.object({
  metadata: z.object({ name: z.literal('repositories'), labels: z.record(z.string(), z.string()) }),
  spec: z.object({ volumes: z.array(z.object({ name: z.string(), hostPath: z.object({ path: z.string() }) })) }),
});

/** kubelet's fileCheckFrequency. */
const CHECK_MS = 20_000;
/** Real milliseconds, at any pace. */
const CHECK_LEAST_MS = 250;

/** Starts and stops the registry pod when its manifest is added or removed by hand. */
export class Kubelet {
  private readonly parts: ClusterParts;
  private readonly pods: RegistryPods;
  private readonly looking = new Map<string, Promise<void>>();
  private readonly seen = new WeakMap<SimNode, number>();

  constructor(parts: ClusterParts, pods: RegistryPods) {
    this.parts = parts;
    this.pods = pods;
  }

  /** Notices also what came into the folders, or left them, by no command of a node. */
  watch(): void {
    const every = Math.max(CHECK_LEAST_MS, paced(this.parts, CHECK_MS));
    const timer = setInterval(() => void this.check().catch(this.broken), every).unref();
    this.parts.closing.addEventListener('abort', () => clearInterval(timer), { once: true });
  }

  /** A folder changes when a file comes, leaves or is renamed. No kubelet runs on a machine that is off. */
  private async check(): Promise<void> {
    for (const node of [...this.parts.world.nodes.values()].filter(({ ready }) => ready)) {
      const changedAt = await changeOf(this.parts, node);
      const before = this.seen.get(node);
      this.seen.set(node, changedAt);
      if (before !== undefined && before !== changedAt) this.notice(node);
    }
  }

  private readonly broken = (cause: unknown): void => {
    if (!this.parts.closing.aborted) this.parts.world.events.emit('broken', cause);
  };

  /** Call after a change in the manifests folder. */
  notice(node: SimNode): void {
    const before = this.looking.get(node.name) ?? Promise.resolve();
    const look = before.then(() => this.look(node)).catch(this.broken);
    this.looking.set(node.name, look);
  }

  async drained(): Promise<void> {
    await Promise.all(this.looking.values());
  }

  private async look(node: SimNode): Promise<void> {
    await sleep(paced(this.parts, NOTICE_MS), undefined, { signal: this.parts.closing });
    await this.slowness();
    const spec = await this.registryManifest(node);
    if (spec === null && node.registry !== null) await this.pods.stop(node);
    if (spec !== null && node.registry === null) await this.pods.start(node, spec);
  }

  /** The seconds of the fault, or until it is cleared: no scenario depends on the speed of the machine. */
  private async slowness(): Promise<void> {
    const late = paced(this.parts, Number(this.parts.faults.get('kubelet-slow')?.[0] ?? 0) * 1000);
    const until = performance.now() + late;
    while (this.parts.faults.get('kubelet-slow') !== undefined && performance.now() < until)
      await sleep(LOOK_AGAIN_MS, undefined, { signal: this.parts.closing });
  }

  /** Reads any file whose name does not begin with a dot; kubelet also reads `repositories.yaml.bak`. */
  private async registryManifest(node: SimNode): Promise<PodSpec | null> {
    for (const { text } of await visibleManifests(this.parts, node)) {
      const parsed = Manifest.safeParse(yamlOrNull(text));
      if (!parsed.success) continue;
      const { metadata, spec } = parsed.data;
      const images = spec.volumes.filter((one) => one.name.startsWith('registry-'));
      const carries = images.map((one) => this.idOf(one.hostPath.path.replace(/\/images\/?$/, '')));
      return { version: metadata.labels['metalk8s.scality.com/version'] ?? '', carries };
    }
    return null;
  }

  private idOf(folder: string): string {
    const directory = this.parts.archives.find((one) => one.described.directory && one.described.path === folder);
    return directory?.id ?? folder.slice(folder.lastIndexOf('/') + 1);
  }
}

/** The files that kubelet reads: those whose name does not begin with a dot. */
export async function visibleManifests(
  parts: ClusterParts,
  node: SimNode,
): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const names = ((await listIfThere(parts, node, MANIFESTS)) ?? []).filter((name) => !/^\.|\/$/.test(name));
  const files = names.map(async (name) => {
    const path = `${MANIFESTS}/${name}`;
    const file = await readIfThere(parts, node, path);
    return file === null ? [] : [{ path, text: file.body.toString() }];
  });
  return (await Promise.all(files)).flat();
}

/** When the folder changed, in milliseconds; 0 while it is not there. */
async function changeOf(parts: ClusterParts, node: SimNode): Promise<number> {
  try {
    return (await parts.filesOf(node).find('root', MANIFESTS, 'look')).stats?.mtimeMs ?? 0;
  } catch (refused) {
    if (refused instanceof PathRefused) return 0;
    throw refused;
  }
}

/** Whether kubelet runs the registry by this file. */
export const definesRegistry = (text: string): boolean => Named.safeParse(yamlOrNull(text)).success;

const Named = z.object({ metadata: z.object({ name: z.literal('repositories') }) });

function yamlOrNull(text: string): unknown {
  try {
    return load(text);
  } catch {
    // kubelet also skips files that it cannot read.
    return null;
  }
}
