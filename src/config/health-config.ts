import { z } from 'zod';
import { type Environment, readConfig } from './read-config.ts';

const PORTS = { bot: 9180, worker: 9181 } as const;
const OVERRIDES = { REGISTRY_HA_HEALTH_HOST: 'health.host', REGISTRY_HA_HEALTH_PORT: 'health.port' };

/** Where a process with this configuration answers about its health. Reads no other part: a check needs no secrets. Throws WrongConfig. */
export function healthAt(path: string, process: keyof typeof PORTS, env: Environment) {
  const port = z.coerce.number().int().min(1).max(65_535).default(PORTS[process]);
  const health = z.looseObject({ host: z.string().default('127.0.0.1'), port }).prefault({});
  return readConfig(path, z.looseObject({ health }), OVERRIDES, env).health;
}
