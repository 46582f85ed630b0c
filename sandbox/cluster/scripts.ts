import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SimNode } from './world.ts';

/** A pid that no simulated program has: they have none. */
const PID = 4242;

/** Lets one of MetalK8s' own scripts run on a node, as far as /proc shows it (proc_pid_cmdline(5)); gives what ends it. */
export async function runScript(node: SimNode, script: string): Promise<() => Promise<void>> {
  const folder = join(node.root, 'proc', String(PID));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'cmdline'), `/bin/bash\0/srv/scality/metalk8s-${node.version}/${script}\0`);
  return () => rm(folder, { recursive: true, force: true });
}
