import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { aclFile, aclUsers } from '../../src/adapters/redis/acl/acl.ts';
import { CLUSTER } from '../people.ts';
import type { Place } from '../place.ts';
import { findProgram } from './programs.ts';
import { Service, type ServiceOptions } from './service.ts';

const REDIS_PORT = 6379;
const PING_LIMIT_MS = 1_000;

/** Sees and may do everything: what looks into the sandbox's Redis from outside comes as this user. */
const KEEPER = 'sandbox';

/** The address of the sandbox's own Redis for one who may do everything, or for one of our own users under exactly its rights. */
export const redisUrlOf = ({ host }: Place, user: string = KEEPER): string =>
  `redis://${user}:${passwordOf(user)}@${host}:${REDIS_PORT}`;

/** No secret: the address is this sandbox's alone and ends with it. */
const passwordOf = (user: string): string => `password-of-${user}`;

/**
 * A real Redis (or Valkey) of the sandbox's own, kept as bot and worker need it: every write on disk, nothing evicted, and the users
 * and rights that `registry-ha redis acl` writes for production.
 */
export async function redisService(
  place: Place,
  told: Pick<ServiceOptions, 'onPid' | 'onDeath'>,
  clusters: readonly string[] = [CLUSTER],
): Promise<Service> {
  const program = await findProgram(['redis-server', 'valkey-server'], place.env.PATH ?? '');
  if (program === null) {
    throw new Error('redis-server is not installed, and the sandbox runs a real one: apt-get install redis-server');
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
  return new Service({
    name: 'redis',
    program,
    args: Object.entries(words).flatMap(([key, value]) => [`--${key}`, value]),
    env: place.env,
    logPath: join(place.folder, 'redis.log'),
    isReady: () => answersPing(place.host),
    ...told,
  });
}

/** Redis speaks its protocol in plain lines, too: after the login an inline PING is answered +PONG once its data are loaded. */
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
    // Nobody listens yet: the caller asks again until its own limit.
    return false;
  } finally {
    socket.destroy();
  }
}
