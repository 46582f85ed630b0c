import { execFile } from 'node:child_process';
import { access, constants, statfs } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { codeOf } from '../../domain/text/error-code.ts';
import type { Host, UnitState } from '../../ports/doctor/host.ts';

const run = promisify(execFile);
/** systemd answers within milliseconds. */
const LIMIT_MS = 5_000;

/** The words of `systemctl show --property` (systemctl(1)). */
const unitSchema = z.object({ LoadState: z.string(), ActiveState: z.string(), UnitFileState: z.string().default('') });

/** The computer on which this process runs. */
export function host(env: Readonly<Record<string, string | undefined>>): Host {
  return {
    platform: process.platform,
    arch: process.arch,
    node: process.versions.node,
    async lacking(programs) {
      const found = await Promise.all(programs.map((name) => isOnPath(name, env.PATH ?? '')));
      return programs.filter((_, at) => found[at] !== true);
    },
    unit: (name) => unitState(name, env),
    async freeIn(folder) {
      try {
        const { bavail, bsize } = await statfs(folder);
        return bavail * bsize;
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return null;
        throw error;
      }
    },
  };
}

async function unitState(name: string, env: NodeJS.ProcessEnv): Promise<UnitState | null> {
  try {
    const words = ['show', '--property=LoadState,ActiveState,UnitFileState', name];
    const { stdout } = await run('systemctl', words, { timeout: LIMIT_MS, env });
    const found = unitSchema.safeParse(Object.fromEntries(stdout.split('\n').map((line) => line.split('=', 2))));
    if (!found.success) return null;
    const { LoadState: load, ActiveState: active, UnitFileState: file } = found.data;
    return { load, active, file };
  } catch {
    // No systemctl, or no systemd that answers it, as in a container.
    return null;
  }
}

async function isOnPath(name: string, path: string): Promise<boolean> {
  for (const folder of path.split(delimiter).filter((one) => one !== '')) {
    const isThere = await access(join(folder, name), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return true;
  }
  return false;
}
