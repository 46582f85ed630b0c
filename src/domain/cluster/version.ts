/** Multi-endpoint support came with 2.10.0 (MetalK8s changelog, PR 3400). */
export const OLDEST_VERSION = '2.10.0';

/** MetalK8s 133 and later has containerd 2 and certs.d, which need another procedure. */
export const FIRST_UNKNOWN_MAJOR = 133;

/** `128.0.1` → [128, 0, 1], without a suffix (`-dev`, `-alpha.1`); null for any other text. */
export function versionNumbers(version: string): readonly number[] | null {
  const match = /^(\d+)\.(\d+)\.(\d+)(?:[-+].*)?$/.exec(version);
  return match === null ? null : match.slice(1).map(Number);
}

export function isOlder(version: readonly number[], other: readonly number[]): boolean {
  for (const [index, number] of version.entries()) {
    const against = other[index] ?? 0;
    if (number !== against) return number < against;
  }
  return false;
}
