import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const RELEASE = 'bookworm';
const MIRROR = 'http://deb.debian.org/debian';
const CERTIFICATES = 'etc/ssl/certs/ca-certificates.crt';
const LIMIT_MS = 600_000;

/**
 * A root folder like that of the image's base, node:24-bookworm-slim, which no registry here has: Debian 12, this Node, and this
 * computer's npm with its registry and its certificates.
 */
export function standIn(root: string): void {
  must('debootstrap', '--variant=minbase', '--include=ca-certificates', RELEASE, root, MIRROR);
  const local = join(root, 'usr/local');
  mkdirSync(join(local, 'lib/node_modules'), { recursive: true });
  mkdirSync(join(local, 'etc'), { recursive: true });
  cpSync(process.execPath, join(local, 'bin/node'), { dereference: true });
  const npm = dirname(dirname(realpathSync(must('which', 'npm'))));
  cpSync(npm, join(local, 'lib/node_modules/npm'), { recursive: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(local, 'bin/npm'));
  cpSync(join('/', CERTIFICATES), join(root, CERTIFICATES), { dereference: true });
  const settings = [`registry=${must('npm', 'config', 'get', 'registry')}`, `cafile=/${CERTIFICATES}`];
  writeFileSync(join(local, 'etc/npmrc'), `${settings.join('\n')}\n`);
}

/** What the image of Redis runs: as root it gives the folder of the data, its workdir, to redis, and goes on as redis. */
const REDIS_ENTRYPOINT = `#!/bin/sh
set -e
umask 0077
cd /data
if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
  find . ! -user redis -exec chown redis {} +
  exec setpriv --reuid redis --regid redis --clear-groups "$0" "$@"
fi
exec "$@"
`;

/** A root folder like that of the image redis:7.4-bookworm: Debian 12 with its own Redis (7.0), and an entrypoint of that name. */
export function redisStandIn(root: string): void {
  must('debootstrap', '--variant=minbase', '--include=redis-server', RELEASE, root, MIRROR);
  mkdirSync(join(root, 'data'));
  const entrypoint = join(root, 'usr/local/bin/docker-entrypoint.sh');
  writeFileSync(entrypoint, REDIS_ENTRYPOINT);
  chmodSync(entrypoint, 0o755);
}

/** What a command prints; throws if it fails. */
function must(program: string, ...words: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, words, { encoding: 'utf8', timeout: LIMIT_MS });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${words.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout.trim();
}
