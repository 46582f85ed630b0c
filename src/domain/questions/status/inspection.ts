import type { BootstrapFacts, EngineFacts, KubeFacts } from '../../cluster/facts.ts';
import type { RegistryFiles } from '../../cluster/registry-files.ts';

/** A part of an inspection: known, or unknown with a sentence why. */
export type Part<T> = { readonly is: 'known'; readonly value: T } | { readonly is: 'unknown'; readonly says: string };

/** What one registry serves of one archive. */
export interface ServedPart {
  readonly node: string;
  readonly archive: string;
  /** Images that it does not serve. */
  readonly missing: Part<readonly string[]>;
}

/** An inspection of a whole cluster outside of any change. It keeps each part that it could read. */
export interface Inspection {
  readonly cluster: string;
  /** By the worker's clock; ISO. */
  readonly at: string;
  readonly kube: Part<KubeFacts>;
  readonly bootstrap: Part<BootstrapFacts>;
  readonly engines: Part<readonly EngineFacts[]>;
  readonly served: readonly ServedPart[];
  /** Nodes with a registry beside the bootstrap's. */
  readonly nodes: readonly { readonly node: string; readonly found: Part<RegistryFiles> }[];
}
