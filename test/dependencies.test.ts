import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '..');
const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      hasInstallScript: z.boolean().optional(),
      integrity: z.string().optional(),
      resolved: z.string().optional(),
    }),
  ),
});
const { packages } = lockSchema.parse(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')));
const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** Known to have an install script, and known to work without it: .npmrc lets none of them run. */
const WITH_SCRIPT: Readonly<Record<string, string>> = {
  'cpu-features':
    'optional for ssh2: compiles a look at the processor, which only decides the order of ciphers that we pin',
  'msgpackr-extract': 'optional for msgpackr: the prebuilt binary is found without the script',
  ssh2: 'compiles a binding for its ciphers; without it ssh2 uses Node’s own, and archives go through ssh(1) anyway',
};

describe('what is installed', () => {
  it('has no new package whose script would run on the computer that installs it', () => {
    const found = Object.entries(packages).flatMap(([path, one]) =>
      one.hasInstallScript === true ? [nameOf(path)] : [],
    );
    expect([...new Set(found)].toSorted()).toEqual(Object.keys(WITH_SCRIPT));
  });

  it('runs no script of any package, neither here nor in the image', () => {
    expect(readFileSync(join(ROOT, '.npmrc'), 'utf8').split('\n')).toContain('ignore-scripts=true');
    const docker = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
    for (const line of docker.match(/npm (ci|install|prune)[^&\n]*/g) ?? []) expect(line).toContain('--ignore-scripts');
  });

  it('is what the lock file has seen: each package with its digest, from no named server', () => {
    const outside = Object.entries(packages).filter(([path]) => path !== '');
    expect(outside.filter(([, { integrity }]) => integrity === undefined).map(([path]) => path)).toEqual([]);
    expect(outside.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
  });
});
