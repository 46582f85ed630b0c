import { readFile, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { shellQuote } from '../src/domain/node-commands/command.ts';
import { cpuSeconds, type Lab } from './lab.ts';
import { placeOf } from './ours.ts';
import { Peers, sh } from './peers.ts';

/** CPU seconds that each part of a verified copy takes, with the tool that does it. */
export interface Parts {
  /** Reading and hashing the source, and the copy: `openssl dgst` each. */
  readonly hashes: number;
  /** Enciphering and deciphering: `ssh` and `sshd` to `/dev/null`. */
  readonly ssh: number;
  /** Writing: `dd` from a file that is in memory, without its reading. */
  readonly write: number;
}

/** Measures the parts once. `sshd` is no child of this process, so for it the whole machine is asked; other work counts, too. */
export async function partsOf(lab: Lab): Promise<Parts> {
  const { plain, targets } = lab;
  const [one] = targets;
  const source = shellQuote(plain.path);
  const copy = placeOf(plain, one);
  const dgst = `openssl dgst -sha256 -r ${source} > /dev/null`;
  const reading = await cpuOf(`dd if=${source} of=/dev/null bs=256K status=none`);
  const through = new Peers(lab).ssh(one, 'cat > /dev/null', GCM);
  try {
    return {
      hashes: 2 * (await cpuOf(dgst)),
      ssh: await machineCpuOf(`${through} < ${source}`),
      write: Math.max(0, (await cpuOf(`dd if=${source} of=${shellQuote(copy)} bs=256K status=none`)) - reading),
    };
  } finally {
    await rm(copy, { force: true });
  }
}

/** The least seconds of a verified copy whose both ends share this machine's processors: all parts, spread evenly. */
export const leastSeconds = ({ hashes, ssh, write }: Parts): number => (hashes + ssh + write) / availableParallelism();

/** The cipher that our copies use on processors with AES instructions. */
const GCM = '-c aes128-gcm@openssh.com';

async function cpuOf(line: string): Promise<number> {
  const before = await cpuSeconds();
  await sh(line);
  return (await cpuSeconds()) - before;
}

async function machineCpuOf(line: string): Promise<number> {
  const before = await machineCpuSeconds();
  await sh(line);
  return (await machineCpuSeconds()) - before;
}

/** CPU seconds of the whole machine that were not idle (proc(5), /proc/stat). */
async function machineCpuSeconds(): Promise<number> {
  const [line = ''] = (await readFile('/proc/stat', 'utf8')).split('\n');
  const [user = 0, nice = 0, system = 0, , , irq = 0, soft = 0] = line.split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + soft) / 100;
}
