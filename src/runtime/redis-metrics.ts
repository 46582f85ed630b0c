import { Counter, type Registry } from 'prom-client';

/** Adds the metric of failures of Redis; call the result at each. */
export function redisMetrics(register: Registry): () => void {
  const errors = new Counter({
    name: 'registry_ha_redis_errors_total',
    help: 'Operations that failed because of Redis, as far as the log was told.',
    registers: [register],
  });
  return () => errors.inc();
}
