import { readFile } from 'node:fs/promises';
import { type MachineIds, machineWord } from '../../../domain/cluster/machine.ts';
import { below } from './paths.ts';

/** Where kubelet reads them (cadvisor, machine information): machine-id(5), and the firmware's UUID, which only root may read. */
const FILES = { id: '/etc/machine-id', uuid: '/sys/class/dmi/id/product_uuid' } as const;

/** The IDs of the machine with this root folder; null if neither can be read. */
export async function machineBelow(root: string): Promise<MachineIds | null> {
  const [id, uuid] = await Promise.all([wordIn(root, FILES.id), wordIn(root, FILES.uuid)]);
  return id === null && uuid === null ? null : { id, uuid };
}

async function wordIn(root: string, path: string): Promise<string | null> {
  // Some virtual machines have no UUID.
  return machineWord(await readFile(below(root, path), 'utf8').catch(() => ''));
}
