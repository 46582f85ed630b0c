/** The computer on which a process runs. */
export interface Host {
  /** As Node names them: `linux`, `x64`, `24.21.0`. */
  readonly platform: string;
  readonly arch: string;
  readonly node: string;
  /** The system below. */
  system(): Promise<SystemSeen>;
  /** Those of these programs that are not on the PATH. */
  lacking(programs: readonly string[]): Promise<readonly string[]>;
  /** The state of a systemd unit; null when systemd does not answer here. */
  unit(name: string): Promise<UnitState | null>;
  /** Bytes that are free for this user in the file system of a folder; null while the folder does not exist. */
  freeIn(folder: string): Promise<number | null>;
}

/** What the computer says about its system; null for what it does not say. */
export interface SystemSeen {
  /** Such as `Rocky Linux 8.10 (Green Obsidian)` (os-release(5), PRETTY_NAME). */
  readonly name: string | null;
  /** The version of glibc: `2.28`. */
  readonly glibc: string | null;
  /** Also where systemd is installed and does not run. */
  readonly systemd: number | null;
}

/** Properties of a unit (systemd D-Bus API, "Unit Objects"): LoadState, ActiveState and UnitFileState. */
export interface UnitState {
  readonly load: string;
  readonly active: string;
  /** Empty for a unit without a file. */
  readonly file: string;
}

/** A process as it says about itself: ready, why not, or that it does not answer. */
export type HealthAnswer =
  | { readonly is: 'ready' }
  | { readonly is: 'hindered'; readonly says: string }
  | { readonly is: 'silent'; readonly at: string };
