import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { makeAuthority } from '../../sandbox/cluster/kube/access/certificates.ts';
import { becomesTrue } from '../../sandbox/processes/poll.ts';
import { aclFile, aclUsers } from '../../src/adapters/redis/acl/acl.ts';
import { freePort } from '../fixtures/redis.ts';

export const PASSWORD = 'of-every-user';
const HOST = '127.0.0.1';
const START_LIMIT_MS = 60_000;

/** What Redis needs beside the users of `registry-ha redis acl`: replicas and Sentinels log in, too (docs/redis.md). */
const MORE_USERS = [
  `user replica on >${PASSWORD} -@all +psync +replconf +ping`,
  `user sentinel on >${PASSWORD} allchannels -@all +multi +slaveof +ping +exec +subscribe +config|rewrite +role +publish +info +client|setname +client|kill +script|kill`,
].join('\n');

/** Certificates of one authority, for servers and clients on this computer. */
export interface Tls {
  readonly folder: string;
  readonly ca: string;
  readonly words: readonly string[];
}

export async function layTls(folder: string): Promise<Tls> {
  const authority = await makeAuthority();
  const { key, cert } = await authority.server(HOST);
  const at = (name: string) => join(folder, name);
  await writeFile(at('ca.crt'), authority.cert);
  await writeFile(at('redis.crt'), cert);
  await writeFile(at('redis.key'), key, { mode: 0o600 });
  const words = ['tls-cert-file', at('redis.crt'), 'tls-key-file', at('redis.key'), 'tls-ca-cert-file', at('ca.crt')];
  return { folder, ca: at('ca.crt'), words: [...words, 'tls-auth-clients', 'no'] };
}

/** A redis-server with TLS only. */
export interface Server {
  readonly port: number;
  readonly process: ChildProcess;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

/** Starts redis-server on a free port; `lines`: more pairs of a setting and its value. */
export async function startServer(
  name: string,
  tls: Tls,
  lines: readonly string[],
  flag?: '--sentinel',
): Promise<Server> {
  const port = await freePort();
  const folder = join(tls.folder, name);
  await mkdir(folder);
  const pairs = ['port', '0', 'tls-port', String(port), 'bind', HOST, 'dir', folder, 'tls-replication', 'yes'];
  const words = [...pairs, ...tls.words];
  const text = words.flatMap((word, at) => (at % 2 === 0 ? [`${word} ${words[at + 1]}`] : []));
  const path = join(folder, 'redis.conf');
  await writeFile(path, `${[...text, ...lines].join('\n')}\n`);
  const program = spawn('/usr/bin/redis-server', [path, ...(flag === undefined ? [] : [flag])], { stdio: 'ignore' });
  await once(program, 'spawn');
  if (!(await becomesTrue(() => accepts(port), START_LIMIT_MS, new AbortController().signal)))
    throw new Error(`${name} does not listen.`);
  const kill = async () => {
    if (program.exitCode !== null || program.signalCode !== null) return;
    const ended = once(program, 'exit');
    program.kill('SIGKILL');
    await ended;
  };
  return { port, process: program, kill };
}

const DURABLE = ['appendonly yes', 'appendfsync always', 'maxmemory-policy noeviction', 'save ""'];

/** A Redis with the users of `registry-ha redis acl`, and those of replicas and Sentinels. */
export async function startOwn(name: string, tls: Tls, cluster: string, more: readonly string[] = []): Promise<Server> {
  const users = join(tls.folder, `${name}.acl`);
  await writeFile(
    users,
    aclFile(
      aclUsers([cluster], () => PASSWORD),
      MORE_USERS,
    ),
  );
  await chmod(users, 0o600);
  const login = ['masteruser replica', `masterauth ${PASSWORD}`];
  return await startServer(name, tls, [...DURABLE, `aclfile ${users}`, ...login, ...more]);
}

/** Commands that managed services do not allow. */
const FORBIDDEN = [
  'CONFIG',
  'ACL',
  'DEBUG',
  'SHUTDOWN',
  'SAVE',
  'BGSAVE',
  'BGREWRITEAOF',
  'REPLICAOF',
  'SLAVEOF',
  'MONITOR',
];

/** A Redis as a service offers it: one password, and no command of an administrator. */
export async function startManaged(tls: Tls): Promise<Server> {
  const forbidden = FORBIDDEN.map((command) => `rename-command ${command} ""`);
  return await startServer('managed', tls, [...DURABLE, `requirepass ${PASSWORD}`, ...forbidden]);
}

/** The user of bot and worker at the Sentinels (docs/redis.md). */
export const SENTINEL_USER = 'registry-ha-finder';

/** A Sentinel with a login that watches a primary over TLS, and calls a failover after half a second. */
export async function startSentinel(n: number, tls: Tls, primary: Server): Promise<Server> {
  const lines = [
    `sentinel monitor lab ${HOST} ${primary.port} 2`,
    'sentinel auth-user lab sentinel',
    `sentinel auth-pass lab ${PASSWORD}`,
    'sentinel down-after-milliseconds lab 500',
    'sentinel failover-timeout lab 3000',
    `requirepass ${PASSWORD}-of-the-sentinels`,
    `user ${SENTINEL_USER} on >${PASSWORD} -@all +sentinel|get-master-addr-by-name +sentinel|sentinels`,
  ];
  return await startServer(`sentinel-${n}`, tls, lines, '--sentinel');
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect({ host: HOST, port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
