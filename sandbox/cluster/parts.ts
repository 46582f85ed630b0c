import type { ArchiveContent } from './build/content.ts';
import type { SimFaults } from './faults.ts';
import type { NodeFiles } from './files/node-files.ts';
import type { SimNode, World } from './world.ts';

/** What the parts of the simulated nodes share beside the world that everybody sees. */
export interface ClusterParts {
  readonly world: World;
  readonly faults: SimFaults;
  readonly archives: readonly ArchiveContent[];
  readonly filesOf: (node: SimNode) => NodeFiles;
  readonly isWithoutOpenssl: (node: SimNode) => boolean;
  /** Fires when the sandbox closes: every wait ends with it. */
  readonly closing: AbortSignal;
}

/** Where a node has an archive's content: its mount point, or the directory archive itself. */
export function contentFolder(parts: ClusterParts, id: string): string {
  const directory = parts.archives.find((one) => one.id === id && one.described.directory);
  return directory?.described.path ?? `/srv/scality/${id}`;
}

/** Milliseconds of the real cluster at the sandbox's pace. */
export function paced(parts: ClusterParts, ms: number): number {
  return ms * parts.world.pace;
}
