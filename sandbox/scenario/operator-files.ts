import { execFile } from 'node:child_process';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { becomesTrue } from '../processes/poll.ts';
import { nameEachOther, replaceWorker } from '../processes/processes.ts';
import type { ServiceName } from '../processes/services.ts';
import type { Sandbox } from '../sandbox.ts';

type Acted = Pick<Sandbox, 'cluster' | 'folder' | 'services'>;

/** What the operator does with the worker's own files; null for what belongs to the cluster. */
export function workerOperation(name: string): ((sandbox: Acted, args: readonly string[]) => Promise<void>) | null {
  switch (name) {
    case 'ssh-keygen':
      return (sandbox, [, node = '']) => forgetHostKey(sandbox, node);
    case 'backup':
      return ({ folder }) => backUp(folder);
    case 'install':
      return (sandbox, [, node = '', from]) => installWorker(sandbox, node, from !== undefined);
    case 'power':
      return switchPower;
    default:
      return null;
  }
}

/** What the refusal of a changed host key tells the operator to run. */
async function forgetHostKey({ cluster, folder }: Acted, name: string): Promise<void> {
  const node = cluster.world.nodes.get(name);
  if (node === undefined) throw new Error(`There is no node ${name}.`);
  const { port } = node.ssh;
  const host = port === 22 ? node.ip : `[${node.ip}]:${port}`;
  await promisify(execFile)('ssh-keygen', ['-R', host, '-f', join(folder, 'worker/known_hosts')]);
}

/** Heartbeats come every three seconds, and two show a living worker. */
const KNOWN_LIMIT_MS = 60_000;

const backupOf = (folder: string): string => join(folder, 'backup-of-worker');

/** Copies the worker's state folder elsewhere, while it runs, as docs/upgrade.md says. */
async function backUp(folder: string): Promise<void> {
  await rm(backupOf(folder), { recursive: true, force: true });
  // A socket cannot be copied.
  const filter = (path: string): boolean => !path.endsWith('.sock');
  await cp(join(folder, 'worker'), backupOf(folder), { recursive: true, preserveTimestamps: true, filter });
}

/** Installs the worker on the new bootstrap node, with the old one's /etc/registry-ha, and the backup of its state folder or none. */
async function installWorker({ cluster, folder, services }: Acted, name: string, fromBackup: boolean): Promise<void> {
  const { bootstrap } = cluster.world;
  if (name !== bootstrap.name) throw new Error(`${name} is not the bootstrap node: ${bootstrap.name} is.`);
  if (services.worker.pid !== undefined) throw new Error('The worker runs on the old bootstrap node: kill it first.');
  await cluster.applyRights();
  await replaceWorker({ folder }, bootstrap.root);
  if (fromBackup) await cp(backupOf(folder), join(folder, 'worker'), { recursive: true, preserveTimestamps: true });
}

/** Starts a service. Of two workers, neither becomes ready: then it waits until both know of each other. */
export async function startService(name: ServiceName, { folder, services }: Acted, signal: AbortSignal): Promise<void> {
  const other = name === 'worker' ? services['old-worker'] : name === 'old-worker' ? services.worker : undefined;
  const isSecond = other?.pid !== undefined;
  // Without Redis neither bot nor worker becomes ready.
  await services[name].start(signal, !isSecond && (name === 'redis' || services.redis.pid !== undefined));
  if (!isSecond) return;
  const know = await becomesTrue(() => nameEachOther({ folder }), KNOWN_LIMIT_MS, signal);
  if (!know) throw new Error(`The two workers did not name each other within ${KNOWN_LIMIT_MS / 1000} s.`);
}

/** The worker runs on the bootstrap node. */
async function switchPower({ cluster, services }: Acted, args: readonly string[]): Promise<void> {
  const [way, name] = args;
  if (way === 'off' && name === cluster.world.bootstrap.name && services.worker.pid !== undefined)
    throw new Error(`The worker runs on ${name}: kill it first.`);
  await cluster.operate('power', args);
}
