import type { Approval, SignedApproval } from './domain/approval.ts';
import type { Image } from './domain/archive.ts';
import type { Change, ChangeEvent, ChangeId, Progress } from './domain/change.ts';
import type { Command, CommandResult } from './domain/command.ts';
import type {
  BootstrapFacts,
  EndpointsFacts,
  HostKey,
  KubeFacts,
  MountFacts,
  NodeAccess,
  TargetFacts,
} from './domain/facts.ts';
import type { RunningScript } from './domain/guards-scripts.ts';
import type { JournalEntry, JournalMark, Provenance } from './domain/record-entry.ts';
import type { ServedManifest } from './domain/registry.ts';
import type { CopyStep } from './domain/step.ts';
import type { TargetWant } from './domain/target-want.ts';

export type * from './ports/cards.ts';
export type * from './ports/policy.ts';
export type * from './ports/salt.ts';

/** Time, as something that is given. */
export interface Clock {
  /** The time of day, which may be set while we run: for what people and records are told, never for how long something takes. */
  now(): Date;
  /** Milliseconds since some moment; they only ever grow, also while the time of day is set. */
  steadyMs(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** What a look or an act may cost: its end, and who may stop it. */
export interface RunLimits {
  readonly signal: AbortSignal;
  /** Milliseconds until it counts as lost. */
  readonly limitMs: number;
}

export interface NodeRun extends RunLimits {
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** Before a plan is approved: the key that `hostKey` showed is good enough for a look, though nobody pinned it yet. */
  readonly trust?: HostKey;
}

/** Runs commands on nodes over SSH, as the node's annotations say (user, key, `sudo -n`). Host keys are always checked. */
export interface NodeShell {
  /**
   * Sends exactly this command line (the caller adds `sudo -n` by `withSudo`); a non-zero exit is a result, not an error.
   * Throws Unreachable when the node cannot be reached, lets nobody in, or shows another host key than the pinned one.
   */
  run(access: NodeAccess, command: Command, options: NodeRun): Promise<CommandResult>;
  /** The key that the node's server shows now; no command is sent. Throws Unreachable. */
  hostKey(access: NodeAccess, limits: RunLimits): Promise<HostKey>;
  /** Writes keys that were approved to the worker's known_hosts; a different key already there is Unreachable('host-key-changed'). */
  pin(keys: readonly Omit<HostKey, 'pinned'>[]): Promise<void>;
  close(): Promise<void>;
}

/** A target node from inside. Never changes anything. */
export interface TargetNodes {
  look(access: NodeAccess, want: TargetWant, signal: AbortSignal): Promise<TargetFacts>;
  /** Those of the paths at which something is. */
  present(access: NodeAccess, paths: readonly string[], signal: AbortSignal): Promise<readonly string[]>;
  /** Is the file there with this size and digest? */
  hasFile(
    access: NodeAccess,
    file: { path: string; size: number; sha256: string },
    signal: AbortSignal,
  ): Promise<boolean>;
  mounts(
    access: NodeAccess,
    signal: AbortSignal,
  ): Promise<{ readonly mounts: readonly MountFacts[]; readonly fstab: readonly MountFacts[] }>;
  registryConfig(access: NodeAccess, signal: AbortSignal): Promise<readonly string[]>;
}

/** Copies an archive from the bootstrap node to a target: exact, verified, resumable. */
export interface Copier {
  /**
   * Works out ahead of time what these copies need to know of the bootstrap node's archives, while people read the plan. Changes
   * nothing anywhere; a copy that was not prepared does the same, later. Throws only when the signal ends it.
   */
  prepare(steps: readonly CopyStep[], signal: AbortSignal): Promise<void>;
  /** Runs the step's commands around the transfer; throws CommandFailed, Unreachable or NotConfirmed. */
  copy(
    step: CopyStep,
    access: NodeAccess,
    onProgress: (progress: CopyProgress) => void,
    signal: AbortSignal,
  ): Promise<void>;
}

/** Bytes of one copy; `rate` in bytes per second over the last seconds. */
export interface CopyProgress {
  /** Bytes of the archive that are on the target. */
  readonly sent: number;
  /** Those of them that did not have to be sent, because the target held them already. */
  readonly saved?: number;
  readonly total: number;
  readonly rate: number;
}

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

/** Digests of files on targets that somebody has proven, each with the identity of the file at that moment. */
export interface TargetDigests {
  known(node: string, path: string): { readonly identity: string; readonly sha256: string } | null;
  /** Keeps it; that it could not be kept costs time only. */
  remember(node: string, path: string, identity: string, sha256: string): Promise<void>;
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

/** The record of one cluster's changes in Redis, and the announcement of each entry. */
export interface Changes {
  /** Appends when the record has exactly `version` entries, announces it, and tells whether it did. */
  append(id: ChangeId, version: number, event: ChangeEvent, mark?: JournalMark): Promise<boolean>;
  /** The change with its record's length and the running steps' progress; null when there is none. */
  get(id: ChangeId): Promise<StoredChange | null>;
  /** Keeps only the last word of each step until its next entry, announced like one. */
  progress(id: ChangeId, progress: Progress): Promise<void>;
  /** Ids of changes that have not ended. */
  open(): Promise<readonly ChangeId[]>;
  /** Announces an open change whose card has to be drawn anew for a reason outside its record, such as a freeze. */
  redraw(id: ChangeId): Promise<void>;
  /** Throws when another worker has taken the cluster's work since, or when nobody can tell; never for a bot. */
  stillOurs(): Promise<void>;
}

export interface StoredChange extends Provenance {
  readonly change: Change;
  /** The record that `change` was folded from. */
  readonly events: readonly ChangeEvent[];
  /** Entries in the record; what `append` expects. */
  readonly version: number;
  /** Grows with every entry and every progress. */
  readonly revision: number;
  /** Of each step at work that has told some, by the step's id. */
  readonly progress: readonly Progress[];
}

/** Changes that got an entry or progress, told to bot replicas: at least once, to one of them. */
export interface Announcements {
  /** Calls `onChanged` until the signal ends it; an announcement counts as delivered when the call has resolved. */
  listen(onChanged: (id: ChangeId) => Promise<void>, signal: AbortSignal): Promise<void>;
}

/** A cluster's queue: planning and applying, one at a time. */
export interface ChangeQueue {
  /** `attempt` makes a second approval of the same change a job of its own; adding the same one twice is one job. */
  add(kind: 'plan' | 'apply', id: ChangeId, attempt: number): Promise<void>;
  /**
   * Sees to it that the job of a change that is still open will be taken: one that was lost, given up or ended without its change is
   * queued anew.
   */
  ensure(kind: 'plan' | 'apply', id: ChangeId, attempt: number): Promise<void>;
  /** Ids of changes that the worker will take, or has taken, before this one's job. */
  ahead(id: ChangeId): Promise<readonly ChangeId[]>;
}

/** The worker's own record on the node's disk: what it decided and did, written before anybody is told. */
export interface Journal {
  /** On disk (fsync) when it resolves, with the line that holds it; the end of a change is sealed with it. */
  append(id: ChangeId, event: ChangeEvent): Promise<JournalMark>;
  events(id: ChangeId): Promise<readonly ChangeEvent[]>;
  /** The same events, each with the line that holds it. */
  entries(id: ChangeId): Promise<readonly JournalEntry[]>;
  /** Has an approval with this nonce been used by a change that was started? */
  hasNonce(nonce: string): Promise<boolean>;
  /** Other changes that were started after this one was, each once, in the order of their last start. */
  startedSince(id: ChangeId): Promise<readonly ChangeId[]>;
  /** Changes without an end, and those that ended because Redis had forgotten them. */
  unsettled(): Promise<readonly ChangeId[]>;
}

/** Signs approvals; the private key lives with the bot only. */
export interface ApprovalSigner {
  sign(approval: Approval): SignedApproval;
}

/** Checks signatures against the worker's trusted public keys. */
export interface ApprovalChecker {
  /** Is it signed, as it stands, by a key that is trusted? */
  isGenuine(signed: SignedApproval): boolean;
}

/** Fresh random names. */
export interface Ids {
  change(cluster: string): ChangeId;
  nonce(): string;
}
