import { isInstalled, isRoot, mayMount } from '../fixtures/needs.ts';

const PROGRAMS = { 'systemd-nspawn': 'systemd-container', debootstrap: 'debootstrap' } as const;

/** Run by vitest before the first test. Nothing is skipped: where something is missing, it throws with the way out. */
export function setup(): void {
  const missing = whatIsMissing({ isRoot, mayMount: mayMount(), isInstalled });
  if (missing !== null) throw new Error(missing);
}

/** What keeps the tests from running here; null if nothing does. */
export function whatIsMissing(here: {
  readonly isRoot: boolean;
  readonly mayMount: boolean;
  readonly isInstalled: (program: string) => boolean;
}): string | null {
  if (!here.isRoot) return 'These tests install as root. Run `sudo npm run test:install`.';
  if (!here.mayMount) return 'These tests mount folders. Run them where root has CAP_SYS_ADMIN.';
  const packages = Object.entries(PROGRAMS).flatMap(([program, name]) => (here.isInstalled(program) ? [] : [name]));
  if (packages.length === 0) return null;
  return `These tests boot machines. Run \`apt-get install -y --no-install-recommends ${packages.join(' ')}\`.`;
}
