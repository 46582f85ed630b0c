import type { EventEmitter } from 'node:events';

/**
 * The whole state of the simulated cluster, shared by its parts (SSH, registries, Kubernetes API, Salt). Files are on
 * disk below each node's folder; everything else is here.
 */
export interface World {
  readonly name: string;
  /** `metalk8s.scality.com/cluster-version` on the kube-system Namespace. */
  clusterVersion: string;
  readonly nodes: ReadonlyMap<string, SimNode>;
  /** A restore makes another node the bootstrap node. */
  bootstrap: SimNode;
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
  /** MetalK8s sets them as labels; a Node that kubelet alone has registered has none. */
  roles: readonly string[];
  /** False for a Node that kubelet alone has registered: MetalK8s has not labelled it. */
  isLabelled: boolean;
  /** Its disk has the manifest of a salt-master. */
  hasSaltMaster: boolean;
  /** `metalk8s.scality.com/version` label. */
  version: string;
  ready: boolean;
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
  /** `status.nodeInfo.containerRuntimeVersion`, for example `containerd://1.6.35`. */
  readonly containerRuntime: string;
  /** `status.nodeInfo.machineID` and `systemUUID`, as kubelet read them at its start. */
  readonly machine: { readonly id: string; readonly uuid: string };
  readonly root: string;
  readonly ssh: SimSsh;
  /** Bytes that each file system has left, by mount point (`/` at least). Files written over SSH use them up. */
  readonly freeBytes: Map<string, number>;
  readonly mounts: SimMount[];
  /** The repositories pod, when its manifest is in /etc/kubernetes/manifests. */
  registry: SimRegistry | null;
  /** What the running containerd has loaded (crictl info), not what the file says. */
  engine: { endpoints: string[]; restartedAt: string; brokenBy: BrokenBy | null };
  readonly minion: SimMinion;
  /** Every command line that came in over SSH or was run by Salt's cmd.run here, in order. */
  readonly commandLog: SimCommand[];
}

/** Faults that come with the restart of a node's containerd, and last until they are cleared. */
export type BrokenBy = 'engine-stops' | 'node-drops';

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
  /** Mount point and file as the kernel reports them: resolved, and without links. */
  readonly real: { readonly target: string; readonly isoPath: string };
  readonly loop: string;
  /** Device and inode of the mounted file, which stay when its name changes. */
  readonly file: { readonly dev: number; readonly ino: number };
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
  /** The state run in progress; any other state run then answers with a conflict. */
  running: { readonly jid: string; readonly pid: number; readonly fun: string; readonly startedAt: Date } | null;
  /** Versions whose custom modules are synced (`saltutil.sync_all`). */
  readonly synced: Set<string>;
}

/** A command line run on the node. `via` is how it arrived. */
export interface SimCommand {
  readonly at: string;
  readonly via: 'ssh' | 'salt';
  readonly line: string;
  readonly exitCode: number | null;
}

/** Active faults by name; arguments are the words after the name (`endpoints-late 20` → `['20']`). */
export interface Faults {
  set(name: string, args: readonly string[]): void;
  clear(name: string): void;
  /** The fault's arguments, or undefined if it is off. A fault that is on for several nodes has the arguments of all. */
  get(name: string): readonly string[] | undefined;
  /** Whether the fault is on for this first argument (or on without arguments). */
  isOn(name: string, first?: string): boolean;
  list(): readonly string[];
}

/** What states and programs do to a node: implemented by the nodes' part, used by Salt's part. */
export interface NodeActs {
  /** Loop-mounts an ISO on the node by extracting it; throws SimMountError with mount(8)'s message. */
  mount(node: SimNode, isoPath: string, target: string): Promise<void>;
  unmount(node: SimNode, target: string): Promise<void>;
  /** Reads a root file of an ISO (`PRODUCT.TXT`, `MANIFEST.YAML`) as isoinfo -x does; '' if absent. */
  readFromIso(node: SimNode, isoPath: string, name: string): Promise<string>;
  /** Starts or restarts the repositories pod from the node's conf.d and the given volumes; it becomes ready later. */
  startRegistry(node: SimNode, spec: { readonly version: string; readonly carries: readonly string[] }): Promise<void>;
  stopRegistry(node: SimNode): Promise<void>;
  /** Reads a file; paths are the node's. */
  readFile(node: SimNode, path: string): Promise<string>;
  writeFile(node: SimNode, path: string, content: string): Promise<void>;
  exists(node: SimNode, path: string): Promise<'file' | 'directory' | null>;
  /** Runs a script of the worker as root, outside of SSH; null for a script that no node knows. */
  runAsRoot(node: SimNode, words: readonly string[]): Promise<ShellAnswer | null>;
}

/** How a script ended. */
export interface ShellAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Root's shell on the nodes, as far as it is simulated. */
export interface RootShell {
  run(node: SimNode, words: readonly string[]): Promise<ShellAnswer | null>;
}

/** mount(8) failed; `message` is its output. */
export class SimMountError extends Error {
  override readonly name = 'SimMountError';
}
