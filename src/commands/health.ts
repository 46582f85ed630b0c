import { healthOf } from '../adapters/health/health.ts';
import { healthAt } from '../config/health-config.ts';
import type { Environment } from '../config/read-config.ts';
import { orExplained, type Print } from './explained.ts';

/** The configuration of one of the two processes. */
export interface HealthPlace {
  readonly bot?: string;
  readonly worker?: string;
}

/** `registry-ha health --bot FILE | --worker FILE`: asks the running process. Exit code 0 while it runs, 1 if it does not answer. */
export async function healthCommand({ bot, worker }: HealthPlace, env: Environment, print: Print): Promise<number> {
  const path = bot ?? worker;
  if (path === undefined || (bot !== undefined && worker !== undefined)) {
    print('Use `registry-ha health --bot FILE` or `registry-ha health --worker FILE`.');
    return 2;
  }
  return await orExplained(print, async () => {
    const health = await healthOf(healthAt(path, bot === undefined ? 'worker' : 'bot', env));
    if (health.is === 'answers') {
      print(health.text);
      return health.lives ? 0 : 1;
    }
    const { at, why } = health;
    print(`${at} does not answer (${why}). Check whether the process runs, and \`health\` in its configuration.`);
    return 1;
  });
}
