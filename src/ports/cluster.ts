import type { Image } from '../domain/cluster/archive.ts';
import type { BootstrapFacts, EndpointsFacts, KubeFacts, NodeFacts } from '../domain/cluster/facts.ts';
import type { Blob, ServedBlob, ServedManifest } from '../domain/cluster/registry.ts';
import type { RunningScript } from '../domain/guards/scripts.ts';
import type { Command, CommandResult } from '../domain/node-commands/command.ts';
import type { RunLimits } from './nodes.ts';

/** The files of the bootstrap node, where the worker runs. */
export interface BootstrapNode {
  /** Reads both configuration files, every archive (identity, digest, images) and the mounts. */
  look(signal: AbortSignal): Promise<BootstrapFacts>;
  /** The same, outside of any change: a copy still reads only what `look` saw. */
  glance(signal: AbortSignal): Promise<BootstrapFacts>;
  /** MetalK8s' own scripts that run on the node now. */
  scripts(signal: AbortSignal): Promise<readonly RunningScript[]>;
  /** Reads an archive from a byte onwards; throws `bootstrap-file` when the file is not what the last inspection saw. */
  read(path: string, from: number, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** SHA-256 of the first `bytes` of a file, or of the whole file. */
  sha256(path: string, signal: AbortSignal, bytes?: number): Promise<string>;
}

/** What the bootstrap node's configuration lists. */
export interface ListedArchives {
  /** Both configuration files as one text: another text means that they list something else, or can be read no more. */
  listed(signal: AbortSignal): Promise<string>;
}

/** The bootstrap node's archives as open files, for readers that need random access or a descriptor. */
export interface ArchiveFiles {
  /** Throws `bootstrap-file` when the file changed after the last inspection. The caller closes the archive. */
  open(path: string, signal: AbortSignal): Promise<OpenArchive>;
}

/** An open archive. */
export interface OpenArchive {
  readonly fd: number;
  readonly size: number;
  /** Stays the same as long as the file is not touched. */
  readonly identity: string;
  /** Exactly `length` bytes at `at`, in `into` or in a new buffer; throws `bootstrap-file` when the file is shorter. */
  readAt(at: number, length: number, into?: Buffer): Promise<Buffer>;
  /** Throws `bootstrap-file` when the open file or the file at its path has changed. */
  assertUnchanged(): Promise<void>;
  close(): Promise<void>;
}

/** The Kubernetes API, read only. Throws Unreachable('kubernetes'). */
export interface Kubernetes {
  look(signal: AbortSignal): Promise<KubeFacts>;
  endpoints(signal: AbortSignal): Promise<EndpointsFacts>;
}

/** The nodes in the Kubernetes API. Throws Unreachable('kubernetes'). */
export interface NodeList {
  nodes(signal: AbortSignal): Promise<readonly NodeFacts[]>;
}

/** Runs a command in the salt-master container. A session that ended proves nothing: the container engine may have cut it. */
export interface SaltMasterPod {
  run(command: Command, limits: RunLimits): Promise<CommandResult>;
}

/** Registries over HTTP. */
export interface Registries {
  /** null when the registry does not have the image. Throws Unreachable('registry'). */
  manifest(address: string, image: Image, signal: AbortSignal): Promise<ServedManifest | null>;
  /** Reads the whole blob and hashes it; null when the registry does not have it. `onBytes`: bytes received so far. */
  blob(
    address: string,
    image: Image,
    blob: Blob,
    onBytes: (received: number) => void,
    signal: AbortSignal,
  ): Promise<ServedBlob | null>;
}
