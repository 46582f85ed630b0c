import { readFile } from 'node:fs/promises';
import { Gauge, type Registry } from 'prom-client';
import { expiriesIn } from '../adapters/files/certificates.ts';
import type { RedisConfig } from '../config/redis-config.ts';
import type { Expiring } from '../domain/answers/expiry.ts';

/** Looks at what expires; a look that fails says nothing. */
export type ExpiryLook = () => Promise<readonly Expiring[]>;

/** Adds the metric of how long certificates and tokens last. They are looked at when somebody asks. */
export function expiryMetrics(register: Registry, looks: readonly ExpiryLook[], now: () => Date): void {
  new Gauge({
    name: 'registry_ha_expires_seconds',
    help: 'Seconds until a certificate or token expires; negative after that.',
    labelNames: ['part'] as const,
    registers: [register],
    async collect() {
      const found = await Promise.all(looks.map((look) => look().catch(() => [])));
      this.reset();
      for (const { part, at } of found.flat()) this.set({ part }, (at.getTime() - now().getTime()) / 1000);
    },
  });
}

/** The certificates that the configuration of Redis names. Of several authorities in a file, the last one to expire counts. */
export async function redisFilesExpiry({ tls }: RedisConfig): Promise<readonly Expiring[]> {
  const datesIn = async (path: string | undefined) =>
    path === undefined ? [] : expiriesIn(await readFile(path, 'utf8'));
  const last = (await datesIn(tls?.ca)).toSorted((one, other) => other.getTime() - one.getTime())[0];
  const [client] = await datesIn(tls?.cert);
  return [
    ...(last === undefined ? [] : [{ part: 'redis-authority', what: `The authority ${tls?.ca}`, at: last } as const]),
    ...(client === undefined
      ? []
      : [{ part: 'redis-client', what: `The certificate ${tls?.cert}`, at: client } as const]),
  ];
}

/** The certificate that Redis shows. */
export const redisServerExpiry = (at: Date | null): readonly Expiring[] =>
  at === null ? [] : [{ part: 'redis-server', what: 'The certificate that Redis shows', at }];
