import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { aclFile, aclUsers } from '../../src/adapters/redis/acl/acl.ts';
import { redisClockOf } from '../clock/redis-clock.ts';
import { CLUSTER } from '../people.ts';
import type { Place } from '../place.ts';
import { findProgram } from './programs.ts';
import { Service, type ServiceOptions } from './service.ts';

const REDIS_PORT = 6379;
const PING_LIMIT_MS = 1_000;

/** The user with every right, for code that inspects the sandbox's Redis from outside. */
const KEEPER = 'sandbox';

/** The address of the sandbox's Redis, for the keeper or for one of the product's users with exactly its rights. */
export const redisUrlOf = ({ host }: Place, user: string = KEEPER): string =>
  `redis://${user}:${passwordOf(user)}@${host}:${REDIS_PORT}`;

/** Not a secret: this Redis listens on loopback and ends with the sandbox. */
const passwordOf = (user: string): string => `password-of-${user}`;

/** A real Redis (or Valkey), set up as production needs it: fsync on every write, no eviction, and the users of `registry-ha redis acl`. */
export async function redisService(
  place: Place,
  told: Pick<ServiceOptions, 'onPid' | 'onDeath'>,
  clusters: readonly string[] = [CLUSTER],
): Promise<Service> {
  const program = await findProgram(['redis-server', 'valkey-server'], place.env.PATH ?? '');
  if (program === null) {
    throw new Error('redis-server is not installed. Run `apt-get install redis-server`');
  }
  const folder = join(place.folder, 'redis');
  await mkdir(folder, { recursive: true });
  const aclPath = join(folder, 'users.acl');
  const keeper = `user ${KEEPER} on >${passwordOf(KEEPER)} ~* &* +@all`;
  await writeFile(aclPath, aclFile(aclUsers(clusters, passwordOf), keeper));
  const words = {
    bind: place.host,
    port: String(REDIS_PORT),
    dir: folder,
    save: '',
    appendonly: 'yes',
    'maxmemory-policy': 'noeviction',
    aclfile: aclPath,
  };
  const clock = place.hasClocks ? await redisClockOf(place.folder, place.env.PATH ?? '') : {};
  return new Service({
    name: 'redis',
    program,
    args: Object.entries(words).flatMap(([key, value]) => [`--${key}`, value]),
    env: { ...place.env, ...clock },
    logPath: join(place.folder, 'redis.log'),
    isReady: () => answersPing(place.host),
    ...told,
  });
}

/** Redis also accepts inline commands: after the login, PING gets +PONG once the data is loaded. */
async function answersPing(host: string): Promise<boolean> {
  const socket = connect({ host, port: REDIS_PORT });
  try {
    socket.setTimeout(PING_LIMIT_MS, () => socket.destroy(new Error('no answer')));
    socket.write(`AUTH ${KEEPER} ${passwordOf(KEEPER)}\r\n`);
    await once(socket, 'data');
    socket.write('PING\r\n');
    const [answer] = await once(socket, 'data');
    return String(answer).startsWith('+PONG');
  } catch {
    // Not listening yet: the caller polls until its own limit.
    return false;
  } finally {
    socket.destroy();
  }
}
