import { execFile } from 'node:child_process';
import { access, constants, readFile, statfs } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { clipped } from '../../domain/text/clipped.ts';
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
    async system() {
      const [name, glibc, systemd] = await Promise.all([systemName(), glibcVersion(env), systemdVersion(env)]);
      return { name, glibc, systemd };
    },
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

/** In the order of os-release(5). */
const OS_RELEASE = ['/etc/os-release', '/usr/lib/os-release'];

async function systemName(): Promise<string | null> {
  for (const path of OS_RELEASE) {
    const text = await readFile(path, 'utf8').catch(() => '');
    const name = /^PRETTY_NAME=(["']?)(.+)\1$/m.exec(text)?.[2];
    if (name !== undefined) return clipped(name);
  }
  return null;
}

/** `glibc 2.28` (getconf(1)); with another C library there is no such answer. */
const glibcVersion = (env: NodeJS.ProcessEnv): Promise<string | null> =>
  firstIn('getconf', ['GNU_LIBC_VERSION'], /^glibc (\d+\.\d+)/, env);

async function systemdVersion(env: NodeJS.ProcessEnv): Promise<number | null> {
  const version = await firstIn('systemctl', ['--version'], /^systemd (\d+)/, env);
  return version === null ? null : Number(version);
}

/** What a program prints, as far as the first group matches; null if it does not, or if there is no such program. */
async function firstIn(
  program: string,
  words: readonly string[],
  pattern: RegExp,
  env: NodeJS.ProcessEnv,
): Promise<string | null> {
  const said = await run(program, words, { timeout: LIMIT_MS, env }).catch(() => null);
  return pattern.exec(said?.stdout ?? '')?.[1] ?? null;
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
