import type { Registry } from 'prom-client';
import { sshCopier } from '../../adapters/ssh/copy/copier.ts';
import { OpenSsh } from '../../adapters/ssh/run/openssh.ts';
import { RateCap } from '../../adapters/ssh/stream/rate-cap.ts';
import type { WorkerConfig } from '../../config/worker-config.ts';
import type { Copier } from '../../ports/copier.ts';
import { systemClock as clock } from '../clock.ts';
import { knownHostsIn, type WorkerCluster } from './cluster.ts';
import { countedCopier } from './copy-metrics.ts';

/** The configured copier, with metrics. */
export function workerCopier(config: WorkerConfig, cluster: WorkerCluster, metrics: Registry): Copier {
  const { maxRate, atATime, strict } = config.copy;
  const { shell, bootstrap, digests } = cluster;
  const copier = sshCopier({
    shell,
    bootstrap,
    clock,
    digests,
    openSsh: new OpenSsh({ knownHostsPath: knownHostsIn(config), root: config.root }),
    ...(maxRate === undefined ? {} : { rateCap: new RateCap(maxRate, clock) }),
    atATime,
    strict,
  });
  return countedCopier(copier, clock, metrics);
}
