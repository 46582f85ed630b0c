import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Place } from './place.ts';
import { findProgram } from './programs.ts';
import { Service, type ServiceOptions } from './service.ts';

const REDIS_PORT = 6379;
const PING_LIMIT_MS = 1_000;

/** The address of the sandbox's own Redis. */
export const redisUrlOf = ({ host }: Place): string => `redis://${host}:${REDIS_PORT}`;

/** A real Redis (or Valkey) of the sandbox's own, kept as bot and worker need it: every write on disk, nothing evicted. */
export async function redisService(place: Place, told: Pick<ServiceOptions, 'onPid' | 'onDeath'>): Promise<Service> {
  const program = await findProgram(['redis-server', 'valkey-server'], place.env.PATH ?? '');
  if (program === null) {
    throw new Error('redis-server is not installed, and the sandbox runs a real one: apt-get install redis-server');
  }
  const folder = join(place.folder, 'redis');
  await mkdir(folder, { recursive: true });
  const words = {
    bind: place.host,
    port: String(REDIS_PORT),
    dir: folder,
    save: '',
    appendonly: 'yes',
    'maxmemory-policy': 'noeviction',
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

/** Redis speaks its protocol in plain lines, too: an inline PING is answered +PONG once the append-only file is loaded. */
async function answersPing(host: string): Promise<boolean> {
  const socket = connect({ host, port: REDIS_PORT });
  try {
    socket.setTimeout(PING_LIMIT_MS, () => socket.destroy(new Error('no answer')));
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
