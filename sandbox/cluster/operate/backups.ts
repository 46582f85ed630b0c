import { SSH_KEY } from '../build/nodes.ts';
import type { ClusterParts } from '../parts.ts';

/** What backup.sh saves of /etc/metalk8s, with its modes. It saves no ISO and nothing of the registry's configuration. */
const SAVED = [
  ['/etc/metalk8s/bootstrap.yaml', 0o600],
  ['/etc/metalk8s/solutions.yaml', 0o600],
  [SSH_KEY, 0o600],
  [`${SSH_KEY}.pub`, 0o644],
] as const;

/** A file of a backup. */
export interface SavedFile {
  readonly path: string;
  readonly mode: number;
  readonly content: string;
}

/** The backups that MetalK8s makes: at the end of the bootstrap and of a restore, and around an upgrade. */
export class Backups {
  private readonly parts: ClusterParts;
  private files: readonly SavedFile[] = [];

  constructor(parts: ClusterParts) {
    this.parts = parts;
  }

  /** `backup.sh` on the bootstrap node. */
  async take(): Promise<void> {
    const files = this.parts.filesOf(this.parts.world.bootstrap);
    const saved: SavedFile[] = [];
    for (const [path, mode] of SAVED) {
      const isThere = await files.find('root', path, 'look').then(
        ({ stats }) => stats !== null,
        () => false,
      );
      if (isThere) saved.push({ path, mode, content: await files.readText(path) });
    }
    this.files = saved;
  }

  /** The files of the newest backup, which the other masters have. */
  newest(): readonly SavedFile[] {
    return this.files;
  }
}
