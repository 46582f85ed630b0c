import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SimNode } from './world.ts';

/** Simulated programs have no PIDs, so this one is free. */
const PID = 4242;

/** Simulates a running MetalK8s script on a node, as seen in /proc (proc_pid_cmdline(5)); returns a function that ends it. */
export async function runScript(node: SimNode, script: string): Promise<() => Promise<void>> {
  const folder = join(node.root, 'proc', String(PID));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'cmdline'), `/bin/bash\0/srv/scality/metalk8s-${node.version}/${script}\0`);
  return () => rm(folder, { recursive: true, force: true });
}
