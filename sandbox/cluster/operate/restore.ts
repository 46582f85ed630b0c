import { setTimeout as sleep } from 'node:timers/promises';
import { dump, load } from 'js-yaml';
import { z } from 'zod';
import { endpointsOf } from '../kube/objects/endpoints.ts';
import { jobCacheOf } from '../salt/job-cache.ts';
import type { SimNode } from '../world.ts';
import type { Backups } from './backups.ts';
import { OperationFailed } from './config.ts';
import type { MachineParts } from './machine-parts.ts';
import { saltState } from './salt-state.ts';

/** What restore.sh marks its node as (metalk8s.kubernetes.mark-control-plane). */
const ROLES = ['bootstrap', 'master', 'etcd', 'infra'] as const;
/** With the lost one, as MetalK8s' documentation demands. */
const LEAST_ETCD = 3;
const BOOTSTRAP = '/etc/metalk8s/bootstrap.yaml';

const Listed = z.looseObject({ archives: z.union([z.string().transform((one) => [one]), z.array(z.string())]) });

/**
 * `restore.sh` on a node, with the newest backup, in its order: configuration, salt-master and registry there, labels, then the engines of
 * the others, then its own. It changes nothing if it cannot end; the real one stops half-way.
 */
export async function restoreBootstrap(node: SimNode, own: MachineParts, backups: Backups): Promise<void> {
  const { parts, acts, kube } = own;
  const { world } = parts;
  const files = backups.newest();
  await refuse(node, own, files.find(({ path }) => path === BOOTSTRAP)?.content ?? '');
  await parts.filesOf(node).makeFolders('/etc/metalk8s/pki', 0o700);
  for (const { path, mode, content } of files)
    await parts.filesOf(node).writeText(path, path === BOOTSTRAP ? withMinion(content, node.name) : content, mode);
  world.bootstrap = node;
  jobCacheOf(world).lost();
  mark(node);
  await kube.listenOn(node);
  const saltenv = `metalk8s-${world.clusterVersion}`;
  const state = (on: SimNode, sls: string) => saltState(world, acts, on, sls, saltenv);
  await state(node, 'metalk8s.archives.mounted');
  await state(node, 'metalk8s.repo.installed');
  await untilListed(own);
  for (const other of world.nodes.values()) if (other !== node) await state(other, 'metalk8s.container-engine');
  await state(node, 'metalk8s.container-engine');
  await backups.take();
  world.events.emit('changed');
}

async function refuse(node: SimNode, { parts, acts }: MachineParts, bootstrapFile: string): Promise<void> {
  const nodes = [...parts.nodes.values()];
  const first = nodes.find(({ roles }) => roles.includes('bootstrap'));
  if (first !== undefined)
    throw new OperationFailed(
      `${first.name} has the role bootstrap. MetalK8s does not support two bootstrap nodes: delete its Node first.`,
    );
  if (nodes.filter(({ roles }) => roles.includes('etcd')).length + 1 < LEAST_ETCD)
    throw new OperationFailed(`A restore needs ${LEAST_ETCD} members of etcd, with the lost one.`);
  for (const path of Listed.parse(load(bootstrapFile)).archives)
    if ((await acts.exists(node, path)) === null)
      throw new OperationFailed(`Invalid archive path ${path}, should be an iso or a directory.`);
}

/** The restored bootstrap.yaml names the node whose minion has the CA. */
function withMinion(text: string, minion: string): string {
  return dump({ ...z.looseObject({}).parse(load(text)), ca: { minion } });
}

/** Labels of the node before the restore stay. */
function mark(node: SimNode): void {
  node.roles = [...ROLES, ...node.roles.filter((role) => !ROLES.some((one) => one === role))];
  for (const role of ROLES) node.labels[`node-role.kubernetes.io/${role}`] = '';
  node.hasSaltMaster = true;
}

/** The registry of the new bootstrap node, by its own address. */
async function untilListed({ parts: { world, closing } }: MachineParts): Promise<void> {
  const isListed = () =>
    endpointsOf(world)
      .read()
      .ready.some(({ node }) => node === world.bootstrap.name);
  while (world.bootstrap.registry?.ready !== true || !isListed()) await sleep(20, undefined, { signal: closing });
}
