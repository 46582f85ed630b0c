import type { ArchiveContent } from './build/content.ts';
import type { SimFaults } from './faults.ts';
import type { NodeFiles } from './files/node-files.ts';
import type { SimNode, World } from './world.ts';

/** State that the simulated nodes share, beside the world. */
export interface ClusterParts {
  readonly world: World;
  /** The world's nodes; machines join and leave. */
  readonly nodes: Map<string, SimNode>;
  readonly faults: SimFaults;
  /** Every archive that is or was on the bootstrap node; operations add to them. */
  readonly archives: ArchiveContent[];
  readonly filesOf: (node: SimNode) => NodeFiles;
  readonly isWithoutOpenssl: (node: SimNode) => boolean;
  /** Aborted when the sandbox closes; ends every wait. */
  readonly closing: AbortSignal;
}

/** The folder of an archive's content on a node: its mount point, or the directory archive itself. */
export function contentFolder(parts: ClusterParts, id: string): string {
  const directory = parts.archives.find((one) => one.id === id && one.described.directory);
  return directory?.described.path ?? `/srv/scality/${id}`;
}

/** Scales milliseconds of a real cluster to the sandbox's pace. */
export function paced(parts: ClusterParts, ms: number): number {
  return ms * parts.world.pace;
}
