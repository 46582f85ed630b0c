import type { Image } from '../domain/cluster/archive.ts';
import type { BootstrapFacts, EndpointsFacts, KubeFacts } from '../domain/cluster/facts.ts';
import type { ServedManifest } from '../domain/cluster/registry.ts';
import type { RunningScript } from '../domain/guards/scripts.ts';
import type { Command, CommandResult } from '../domain/node-commands/command.ts';
import type { RunLimits } from './nodes.ts';

/** The bootstrap node's own files, on which the worker runs. */
export interface BootstrapNode {
  /** Reads both configuration files, every archive (identity, digest, images) and the mounts. */
  look(signal: AbortSignal): Promise<BootstrapFacts>;
  /** MetalK8s' own scripts that run there now. */
  scripts(signal: AbortSignal): Promise<readonly RunningScript[]>;
  /** Opens an archive for reading from a byte onwards; the reader ends with the file as it was at the look, or throws. */
  read(path: string, from: number, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Digest of the first `bytes` of a file, or of all of it. */
  sha256(path: string, signal: AbortSignal, bytes?: number): Promise<string>;
}

/** The bootstrap node's archives as open files, for readers that do better than one stream. */
export interface ArchiveFiles {
  /** Throws `bootstrap-file` when the file is not what it was at the last inspection; the caller closes it. */
  open(path: string, signal: AbortSignal): Promise<OpenArchive>;
}

/** An archive that is open; the one that opened it closes it. */
export interface OpenArchive {
  readonly fd: number;
  readonly size: number;
  /** The same as long as nobody touches the file. */
  readonly identity: string;
  /** Exactly so many bytes from there, `into` memory of the caller's or fresh; throws `bootstrap-file` when the file ends before. */
  readAt(at: number, length: number, into?: Buffer): Promise<Buffer>;
  /** Throws `bootstrap-file` when the file, or what its path leads to, is not what was opened. */
  assertUnchanged(): Promise<void>;
  close(): Promise<void>;
}

/** The Kubernetes API, read only. Throws Unreachable('kubernetes'). */
export interface Kubernetes {
  look(signal: AbortSignal): Promise<KubeFacts>;
  endpoints(signal: AbortSignal): Promise<EndpointsFacts>;
}

/** Runs a command in the salt-master container. An ended session proves nothing: the container engine may have cut it. */
export interface SaltMasterPod {
  run(command: Command, limits: RunLimits): Promise<CommandResult>;
}

/** Registries over HTTP. */
export interface Registries {
  /** null when the registry answers that it has no such image. Throws Unreachable('registry'). */
  manifest(address: string, image: Image, signal: AbortSignal): Promise<ServedManifest | null>;
  /** Content length of a blob, null when it is not there. */
  blobSize(address: string, image: Image, digest: string, signal: AbortSignal): Promise<number | null>;
}
