import { join } from 'node:path';
import { bootstrapNode } from '../../adapters/bootstrap/bootstrap-node.ts';
import { kubernetes } from '../../adapters/kube/kube.ts';
import { openTargetDigests } from '../../adapters/node/target-digests.ts';
import { targetNodes } from '../../adapters/node/target-nodes.ts';
import { registries } from '../../adapters/registry/registries.ts';
import { salt } from '../../adapters/salt/salt.ts';
import { sshShell } from '../../adapters/ssh/run/shell.ts';
import { RateCap } from '../../adapters/ssh/stream/rate-cap.ts';
import type { WorkerConfig } from '../../config/worker-config.ts';
import { REGISTRY_PORT } from '../../domain/cluster/registry.ts';
import { systemClock as clock } from '../clock.ts';
import type { Log } from '../log.ts';

/** Path of the pinned host keys of the nodes. */
export const knownHostsIn = ({ stateFolder }: WorkerConfig): string => join(stateFolder, 'known_hosts');

/** The adapters that inspect and change the worker's cluster, except the copier. `keepsDigests` is false beside a worker, whose files they only read. */
export async function workerCluster(config: WorkerConfig, log: Log, keepsDigests = true) {
  const { root, stateFolder, bootstrapFile, solutionsFile } = config;
  const warn = (says: string, fields: object) => log.warn(fields, says);
  const digests = await openTargetDigests({
    path: join(stateFolder, 'target-digests.json'),
    isKept: keepsDigests,
    log: warn,
  });
  const shell = sshShell({
    knownHostsPath: knownHostsIn(config),
    root,
    log: (says, fields) => log.debug(fields, says),
  });
  const kube = kubernetes({ kubeconfigPath: join(root, config.kubeconfig) });
  const digestCachePath = join(stateFolder, 'digests.json');
  return {
    shell,
    digests,
    kubernetes: kube,
    bootstrap: bootstrapNode({ root, bootstrapFile, solutionsFile, digestCachePath, keepsDigests, log: warn }),
    salt: salt({ shell, master: kube, clock }),
    targets: targetNodes({ shell, digests }),
    registries: registries({ port: REGISTRY_PORT, rateCap: new RateCap(config.verify.maxRate, clock) }),
    close: () => Promise.all([shell.close(), kube.close()]),
  };
}

export type WorkerCluster = Awaited<ReturnType<typeof workerCluster>>;
