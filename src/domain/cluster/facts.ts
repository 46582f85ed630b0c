import { z } from 'zod';
import type { Data } from '../text/shape.ts';
import type { Archive, ArchiveFault } from './archive.ts';
import type { MachineFacts, MachineIds } from './machine.ts';
import type { ImagesProof, SwitchFacts } from './registry.ts';
import type { RunningJob } from './salt.ts';

const text = z.string();

/** How a node is reached over SSH: its `metalk8s.scality.com/ssh-*` annotations with the roster's defaults. */
export const nodeAccess = z.strictObject({
  node: text,
  host: text,
  port: z.number(),
  user: text,
  keyPath: text,
  /** True only when the annotation says exactly "true"; commands then run under `sudo -n`. */
  sudo: z.boolean(),
});
export type NodeAccess = Data<typeof nodeAccess>;

/** A node according to Kubernetes. */
export interface NodeFacts {
  readonly name: string;
  /** InternalIP, which MetalK8s sets to the control plane IP, IPv4 first; null when there is none, or it is not an IP address. */
  readonly ip: string | null;
  readonly ready: boolean;
  readonly roles: readonly string[];
  /** Label `metalk8s.scality.com/version`; null when the label is missing. */
  readonly version: string | null;
  /** For example `containerd://1.6.35`. */
  readonly containerRuntime: string;
  readonly machine: MachineIds;
  readonly access: NodeAccess;
}

/** A `repositories-<node>` pod, according to its mirror pod. */
export interface RegistryFacts {
  readonly node: string;
  readonly ready: boolean;
  readonly version: string | null;
  /** Archive ids of the `registry-*` volumes, by their host path. */
  readonly carries: readonly string[];
}

/** Addresses of the Endpoints `kube-system/repositories`. */
export interface EndpointsFacts {
  readonly ready: readonly string[];
  readonly notReady: readonly string[];
}

/** Everything read from the Kubernetes API. */
export interface KubeFacts {
  readonly nodes: readonly NodeFacts[];
  /** Annotation `metalk8s.scality.com/cluster-version` of the kube-system Namespace. */
  readonly clusterVersion: string | null;
  readonly endpoints: EndpointsFacts;
  readonly registries: readonly RegistryFacts[];
  readonly saltMaster: { readonly pod: string; readonly node: string; readonly ready: boolean } | null;
  /** Nodes without the role bootstrap that run a Salt master of their own: bootstrap nodes before a restore. Left out when there is none. */
  readonly formerBootstraps?: readonly string[];
  /** The cluster has Scality's own registry operator (custom resources Registry, SolutionArchive). */
  readonly nativeRegistry: boolean;
}

/** A listed archive: sound, or with its fault. */
export type ListedArchive =
  | { readonly is: 'sound'; readonly archive: Archive }
  | {
      readonly is: 'bad';
      /** Known if the ISO could be read, for example when it is not mounted. */
      readonly id?: string;
      readonly path: string;
      readonly listedIn: string;
      readonly fault: ArchiveFault;
      readonly says: string;
    };

/** The state of solutions.yaml. */
export type SolutionsFile =
  | { readonly is: 'absent' }
  | { readonly is: 'good'; readonly archives: readonly string[] }
  | { readonly is: 'refused-by-salt'; readonly apiVersion: string; readonly archives: readonly string[] }
  | { readonly is: 'unreadable'; readonly says: string };

/** The bootstrap node's own files: configuration, archives, mounts. */
export interface BootstrapFacts {
  readonly bootstrapFile: { readonly is: 'good' } | { readonly is: 'unreadable'; readonly says: string };
  readonly solutionsFile: SolutionsFile;
  readonly archives: readonly ListedArchive[];
  /** Ids mounted below /srv/scality that neither file lists. */
  readonly mountedUnlisted: readonly string[];
  /** The machine where these files are; left out when nothing is known of it. */
  readonly machine?: MachineIds;
}

/** The public key that a node's SSH server presented. */
const presentedKey = z.strictObject({
  host: text,
  port: z.number(),
  /** For example `ssh-ed25519`. */
  algorithm: text,
  /** Base64, as in known_hosts. */
  key: text,
  /** `SHA256:…`, as `ssh-keygen -l` prints it. */
  fingerprint: text,
});

/** A node's key, as a plan shows it and its approval pins it. */
export const nodeKey = z.strictObject({ node: text, key: presentedKey });
export type NodeKey = Data<typeof nodeKey>;

export interface HostKey extends Data<typeof presentedKey> {
  /** False when the key is seen for the first time. */
  readonly pinned: boolean;
}

/** Why the worker cannot use a node over SSH. */
export const SSH_FAULTS = [
  'unreachable',
  'permission-denied',
  'host-key-changed',
  'key-missing',
  'key-unsafe',
  'no-sudo',
  'unfit-shell',
  'too-old',
] as const;
export type SshFault = (typeof SSH_FAULTS)[number];

/** A path on a target, compared with the archive that belongs there. */
export interface TargetFile {
  readonly path: string;
  readonly is: 'absent' | 'same' | 'different' | 'directory';
  /** Bytes there now; 0 when absent. */
  readonly size: number;
  /** A loop mount uses this file. */
  readonly mounted: boolean;
}

/** What an interrupted copy left on a target. */
export interface PartFile {
  readonly path: string;
  readonly size: number;
}

/** A file system on a target that will receive copies. */
export interface TargetSpace {
  readonly mountpoint: string;
  readonly available: number;
  readonly paths: readonly string[];
}

/** A folder on the way to an archive that not only root can change. */
export interface OpenFolder {
  readonly path: string;
  readonly owner: string;
  /** In octal, for example `1777`. */
  readonly mode: string;
}

/** A loop mount of an ISO. */
export const mountFacts = z.strictObject({ mountpoint: text, backingFile: text });
export type MountFacts = Data<typeof mountFacts>;

/** An inspection of a node over SSH. */
export type TargetFacts =
  | {
      readonly is: 'closed';
      readonly node: string;
      readonly fault: SshFault;
      readonly says: string;
      readonly hostKey?: HostKey;
    }
  | OpenTarget;

/** A target that the worker cannot use over SSH, and why. */
export type ClosedTarget = Extract<TargetFacts, { readonly is: 'closed' }>;

export const isClosed = (target: TargetFacts): target is ClosedTarget => target.is === 'closed';

export interface OpenTarget {
  readonly is: 'open';
  readonly node: string;
  readonly hostKey: HostKey;
  readonly machine: MachineFacts;
  readonly files: readonly TargetFile[];
  /** The query's other files, compared in the same way. */
  readonly others?: readonly TargetFile[];
  /** Part files of any change in the folders of the files, sorted by path. */
  readonly parts: readonly PartFile[];
  readonly space: readonly TargetSpace[];
  /** The first such folder on the way to any of the files. */
  readonly openFolder: OpenFolder | null;
  readonly mounts: readonly MountFacts[];
  /** `<device> <mountpoint>` pairs of /etc/fstab. */
  readonly fstab: readonly MountFacts[];
  /** File names in /var/lib/metalk8s/repositories/conf.d; empty when the folder is not there. */
  readonly registryConfig: readonly string[];
  /** Copies of the registry's manifest in kubelet's folder, which kubelet runs, too; left out when it is unknown. */
  readonly manifestCopies?: readonly string[];
  /** A process listens on the registry's address and port, although kubelet has no manifest of a registry here. */
  readonly portTaken: boolean;
  readonly hasIsoinfo: boolean;
  /** Those of the query's other paths that exist. */
  readonly present?: readonly string[];
  /** The program that hashes: openssl is about five times faster than Debian's sha256sum. */
  readonly hasher: 'openssl' | 'sha256sum';
}

/** The running container engine of a node, read live. */
export type EngineFacts =
  | { readonly node: string; readonly is: 'known'; readonly endpoints: readonly string[] }
  | { readonly node: string; readonly is: 'other-layout'; readonly says: string }
  /** `silent`: its minion did not answer. `no-answer`: `crictl info` gave nothing to read. `says` is a sentence. */
  | { readonly node: string; readonly is: 'silent' | 'no-answer'; readonly says: string };

/** A registry's answers for the images of one archive. */
export interface ServedFacts {
  readonly node: string;
  readonly archive: string;
  readonly expected: number;
  readonly missing: readonly string[];
}

/** The inspection before planning; plain data, from which the plan can be made again. */
export interface Facts {
  readonly cluster: string;
  readonly kube: KubeFacts;
  readonly bootstrap: BootstrapFacts;
  readonly salt: {
    /** False when the master's command line says that the master cannot be contacted. */
    readonly masterAnswers: boolean;
    readonly answered: readonly string[];
    readonly jobs: readonly RunningJob[];
  };
  readonly targets: readonly TargetFacts[];
  readonly engines: readonly EngineFacts[];
  /** The bootstrap's registry, and every other registry that was asked. */
  readonly served: readonly ServedFacts[];
  /** Whether a drill keeps the bootstrap's registry away; only for verbs that search for it. */
  readonly drillSwitch?: SwitchFacts;
  /** The proof of the registries on the change's nodes; only once everything else says that nothing is left to do. */
  readonly proof?: ImagesProof;
}
