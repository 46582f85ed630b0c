import type { EventEmitter } from 'node:events';

/**
 * The simulated cluster's whole state, shared by its parts (nodes over SSH, registries over HTTP, Kubernetes API, Salt).
 * Files live on disk below each node's folder; everything else lives here.
 */
export interface World {
  readonly name: string;
  /** `metalk8s.scality.com/cluster-version` on the kube-system Namespace. */
  clusterVersion: string;
  readonly nodes: ReadonlyMap<string, SimNode>;
  readonly bootstrap: SimNode;
  readonly faults: Faults;
  /** Emits `changed` after any change of state that an observer of the Kubernetes API could see. */
  readonly events: EventEmitter;
  /** Multiplies each simulated duration (0.05 = twenty times faster than the real thing). */
  readonly pace: number;
  /** The port every registry listens on, on its node's own address: 8080, as MetalK8s. */
  readonly registryPort: number;
  /** Kubernetes serves these custom resource kinds below metalk8s.scality.com (native registry replication). */
  readonly customResourceKinds: readonly string[];
}

/** One node. `root` is its file system's root on this computer: `/etc/fstab` of the node is `<root>/etc/fstab`. */
export interface SimNode {
  readonly name: string;
  /** Its control plane IP: a loopback address of its own. */
  readonly ip: string;
  readonly roles: readonly string[];
  /** `metalk8s.scality.com/version` label. */
  version: string;
  ready: boolean;
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
  /** `status.nodeInfo.containerRuntimeVersion`, for example `containerd://1.6.35`. */
  readonly containerRuntime: string;
  readonly root: string;
  readonly ssh: SimSsh;
  /** Bytes that each file system has left, by mount point (`/` at least). Files written over SSH use them up. */
  readonly freeBytes: Map<string, number>;
  readonly mounts: SimMount[];
  /** The repositories pod, when its manifest is in /etc/kubernetes/manifests. */
  registry: SimRegistry | null;
  /** What the running containerd has loaded (crictl info), not what the file says. */
  engine: { endpoints: string[]; restartedAt: string };
  readonly minion: SimMinion;
  /** Every command line that came in over SSH or was run by Salt's cmd.run here, in order. */
  readonly commandLog: SimCommand[];
}

/** How the node's SSH server lets people in. */
export interface SimSsh {
  readonly port: number;
  readonly user: string;
  /** `nopasswd`: sudo -n works; `password`: sudo -n says that a password is required; `none`: user is root. */
  sudo: 'none' | 'nopasswd' | 'password';
}

/** A loop-mounted ISO (its content is extracted below `<root><target>` while it is mounted). */
export interface SimMount {
  readonly target: string;
  readonly isoPath: string;
  readonly loop: string;
  /** The file was moved away or replaced under the mount; the kernel then adds ` (deleted)` to its name. */
  readonly isGone?: boolean;
}

/** The static pod `repositories-<node>`: what its manifest was rendered for, and how it runs. */
export interface SimRegistry {
  /** `metalk8s.scality.com/version` label of the pod. */
  readonly version: string;
  /** saltenvs and solution ids in its volumes, for example `metalk8s-128.0.1`, `example-solution-0.1.0`. */
  readonly carries: readonly string[];
  /** conf.d as it was when the pod (re)started: file name to content. nginx serves by this, not by what is on disk now. */
  readonly config: ReadonlyMap<string, string>;
  readonly configDigest: string;
  /** Ready in the sense of the readiness probe; Endpoints follow `pod.ready`. */
  ready: boolean;
  readonly startedAt: string;
}

/** The Salt minion of a node. */
export interface SimMinion {
  up: boolean;
  /** The state run in progress, which makes any other state run answer with a conflict. */
  running: { readonly jid: string; readonly pid: number; readonly fun: string; readonly startedAt: Date } | null;
  /** Versions whose custom modules were synced (`saltutil.sync_all`). */
  readonly synced: Set<string>;
}

/** One command line as the node saw it. `via` tells the way it came in. */
export interface SimCommand {
  readonly at: string;
  readonly via: 'ssh' | 'salt';
  readonly line: string;
  readonly exitCode: number | null;
}

/** Faults switched on by name; arguments are the words behind the name (`endpoints-late 20` → `['20']`). */
export interface Faults {
  set(name: string, args: readonly string[]): void;
  clear(name: string): void;
  /** The arguments of a fault that is on, else undefined. A fault given several times for several nodes keeps them all. */
  get(name: string): readonly string[] | undefined;
  /** Is the fault on for this first argument (or on without any argument)? */
  isOn(name: string, first?: string): boolean;
  list(): readonly string[];
}

/** What a state or a program does to a node; the nodes' part provides it, Salt's part uses it. */
export interface NodeActs {
  /** Loop-mounts an ISO that lies on the node, extracting its content; throws SimMountError with mount(8)'s own words. */
  mount(node: SimNode, isoPath: string, target: string): Promise<void>;
  unmount(node: SimNode, target: string): Promise<void>;
  /** Reads one root file of an ISO (`PRODUCT.TXT`, `MANIFEST.YAML`) as isoinfo -x does; '' when there is none. */
  readFromIso(node: SimNode, isoPath: string, name: string): Promise<string>;
  /** Starts, or restarts, the repositories pod from the node's conf.d and the given volumes; readiness follows later. */
  startRegistry(node: SimNode, spec: { readonly version: string; readonly carries: readonly string[] }): Promise<void>;
  stopRegistry(node: SimNode): Promise<void>;
  /** Reads, writes below the node's root, with the node's idea of the path. */
  readFile(node: SimNode, path: string): Promise<string>;
  writeFile(node: SimNode, path: string, content: string): Promise<void>;
  exists(node: SimNode, path: string): Promise<'file' | 'directory' | null>;
}

/** mount(8) refused; `message` is what it printed. */
export class SimMountError extends Error {
  override readonly name = 'SimMountError';
}
