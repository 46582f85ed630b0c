import type { Archive } from './archive.ts';
import type { RunningJob } from './salt.ts';

/** How a node is reached over SSH: its `metalk8s.scality.com/ssh-*` annotations with the roster's defaults. */
export interface NodeAccess {
  readonly node: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly keyPath: string;
  /** True only when the annotation says exactly "true"; commands then run under `sudo -n`. */
  readonly sudo: boolean;
}

/** A node as Kubernetes tells it. */
export interface NodeFacts {
  readonly name: string;
  /** InternalIP, which MetalK8s sets to the control plane IP; null when there is none. */
  readonly ip: string | null;
  readonly ready: boolean;
  readonly roles: readonly string[];
  /** Label `metalk8s.scality.com/version`; null when the label is missing. */
  readonly version: string | null;
  /** For example `containerd://1.6.35`. */
  readonly containerRuntime: string;
  readonly access: NodeAccess;
}

/** A `repositories-<node>` pod as its mirror pod tells it. */
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

/** All that the Kubernetes API tells. */
export interface KubeFacts {
  readonly nodes: readonly NodeFacts[];
  /** Annotation `metalk8s.scality.com/cluster-version` of the kube-system Namespace. */
  readonly clusterVersion: string | null;
  readonly endpoints: EndpointsFacts;
  readonly registries: readonly RegistryFacts[];
  readonly saltMaster: { readonly pod: string; readonly node: string; readonly ready: boolean } | null;
  /** The cluster has Scality's own registry operator (custom resources Registry, SolutionArchive). */
  readonly nativeRegistry: boolean;
}

/** What is wrong with a listed archive. */
export type ArchiveFault =
  | 'missing'
  | 'unreadable'
  | 'directory'
  | 'relative-path'
  | 'not-an-iso'
  | 'truncated'
  | 'wrong-product'
  | 'not-mounted'
  | 'replaced-under-mount';

/** A listed archive: sound, or with what is wrong. */
export type ListedArchive =
  | { readonly is: 'sound'; readonly archive: Archive }
  | {
      readonly is: 'bad';
      /** Known when the ISO could be read, though something else is wrong (two ISOs of one version, say). */
      readonly id?: string;
      readonly path: string;
      readonly listedIn: string;
      readonly fault: ArchiveFault;
      readonly says: string;
    };

/** solutions.yaml as it was found. */
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
}

/** The public key that a node's SSH server showed. */
export interface HostKey {
  readonly host: string;
  readonly port: number;
  /** For example `ssh-ed25519`. */
  readonly algorithm: string;
  /** Base64, as in known_hosts. */
  readonly key: string;
  /** `SHA256:…`, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
  /** Was it pinned before (true), or is it seen for the first time (false)? */
  readonly pinned: boolean;
}

/** Why a node cannot be worked on over SSH. */
export type SshFault =
  | 'unreachable'
  | 'permission-denied'
  | 'host-key-changed'
  | 'key-missing'
  | 'key-unsafe'
  | 'no-sudo';

/** A path on a target, beside the archive that belongs there. */
export interface TargetFile {
  readonly path: string;
  readonly is: 'absent' | 'same' | 'different' | 'directory';
  /** Bytes there now; 0 when absent. */
  readonly size: number;
  /** A loop mount uses this very file. */
  readonly mounted: boolean;
}

/** A file system on a target that copies would fill. */
export interface TargetSpace {
  readonly mountpoint: string;
  readonly available: number;
  readonly paths: readonly string[];
}

/** A loop mount of an ISO. */
export interface MountFacts {
  readonly mountpoint: string;
  readonly backingFile: string;
}

/** What a node looks like from inside, over SSH. */
export type TargetFacts =
  | {
      readonly is: 'closed';
      readonly node: string;
      readonly fault: SshFault;
      readonly says: string;
      readonly hostKey?: HostKey;
    }
  | OpenTarget;

/** A target that cannot be worked on from inside, and why. */
export type ClosedTarget = Extract<TargetFacts, { readonly is: 'closed' }>;

export const isClosed = (target: TargetFacts): target is ClosedTarget => target.is === 'closed';

export interface OpenTarget {
  readonly is: 'open';
  readonly node: string;
  readonly hostKey: HostKey;
  readonly files: readonly TargetFile[];
  readonly space: readonly TargetSpace[];
  readonly mounts: readonly MountFacts[];
  /** `<device> <mountpoint>` pairs of /etc/fstab. */
  readonly fstab: readonly MountFacts[];
  /** File names in /var/lib/metalk8s/repositories/conf.d; empty when the folder is not there. */
  readonly registryConfig: readonly string[];
  /** Does anything listen on the registry's address and port? Who it is, is told by the registry itself. */
  readonly portInUse: boolean;
  readonly hasIsoinfo: boolean;
  /** Of other paths that were asked for, those at which something is. */
  readonly present?: readonly string[];
  /** The program that hashes: openssl is about five times faster than Debian's sha256sum. */
  readonly hasher: 'openssl' | 'sha256sum';
}

/** The running container engine of a node, read live. */
export type EngineFacts =
  | { readonly node: string; readonly is: 'known'; readonly endpoints: readonly string[] }
  | { readonly node: string; readonly is: 'other-layout'; readonly says: string }
  | { readonly node: string; readonly is: 'silent'; readonly says: string };

/** A registry's answers for the images of one archive. */
export interface ServedFacts {
  readonly node: string;
  readonly archive: string;
  readonly expected: number;
  readonly missing: readonly string[];
}

/** All that was seen before planning; plain data, so that a plan can be made again from it. */
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
  /** The bootstrap's registry, and those of targets that have one. */
  readonly served: readonly ServedFacts[];
}
