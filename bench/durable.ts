import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from './lab.ts';
import { Ours, placeOf } from './ours.ts';
import type { Race } from './race.ts';
import { bringing } from './rows.ts';

/** Our copy against the same copy with a no-op `sync`. `lab` must be on a disk: memory has nothing to sync. */
export async function durable(lab: Lab): Promise<Race> {
  const { plain, targets } = lab;
  const [one] = targets;
  const ours = new Ours(lab);
  const path = placeOf(plain, one);
  await lab.offer(plain, path);
  const bootstrap = lab.bootstrap();
  await bootstrap.sha256(path, new AbortController().signal);
  const shim = join(one.sshd.binFolder, 'sync');
  const copy = () => ours.copy(plain, one, { bootstrap });
  const idle = async () => {
    await writeFile(shim, '#!/bin/sh\n');
    await chmod(shim, 0o755);
  };
  return {
    name: 'durable',
    goal: 0.75,
    says: 'the same copy without sync, on a disk',
    peer: bringing(plain, [one], copy, idle),
    ours: bringing(plain, [one], copy, () => rm(shim, { force: true })),
  };
}
