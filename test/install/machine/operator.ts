import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { dump, load } from 'js-yaml';
import { z } from 'zod';
import { CLUSTER, OPS, PEOPLE } from '../../../sandbox/people.ts';
import type { Packed } from '../builds.ts';
import type { Binds, DebianMachine } from './debian-machine.ts';
import type { Parts } from './parts.ts';

export const WORKER = 'registry-ha-worker';
export const BOT = 'registry-ha-bot';
/** The command, also where install.sh has not put one on the PATH. */
export const PROGRAM = '/opt/registry-ha/deploy/registry-ha';
const ETC = '/etc/registry-ha';

/**
 * What a bootstrap node has of MetalK8s, from the simulated one, at the real paths. This kernel may lack iso9660, so the tables of
 * mounted ISOs are simulated, too: the worker's root is a folder with the machine's own /etc and /srv, and those tables.
 */
export function bindsOf({ cluster }: Parts): Binds {
  const { root } = cluster.world.bootstrap;
  return [
    [`${root}/etc/metalk8s`, '/etc/metalk8s'],
    [`${root}/srv`, '/srv'],
    [`${root}/srv`, '/bootstrap/srv'],
    [`${root}/proc`, '/bootstrap/proc'],
    [`${root}/sys`, '/bootstrap/sys'],
  ];
}

/** Before the first boot: the identity that Kubernetes has of this node, and the worker's root. */
export function makeBootstrapNode(machine: DebianMachine, { cluster }: Parts): void {
  place(machine, '/etc/machine-id', `${cluster.world.bootstrap.machine.id}\n`, 0o444);
  mkdirSync(machine.file('/bootstrap'));
  symlinkSync('/etc', machine.file('/bootstrap/etc'));
}

/** Writes a file of root's. */
export function place(machine: DebianMachine, path: string, text: string, mode: number): void {
  const there = machine.file(path);
  mkdirSync(dirname(there), { recursive: true });
  writeFileSync(there, text);
  chmodSync(there, mode);
}

/** Copies the bundle to the machine, and checks it there. */
async function bringBundle(machine: DebianMachine, packed: Packed): Promise<void> {
  for (const path of [packed.archive, packed.checksum]) cpSync(path, machine.file(`/root/${baseOf(path)}`));
  await machine.does('sh', '-c', `cd /root && sha256sum -c ${baseOf(packed.checksum)}`);
}

/** docs/install.md, step 4, up to install.sh. Returns what that prints. */
export async function installBundle(machine: DebianMachine, packed: Packed): Promise<string> {
  await bringBundle(machine, packed);
  await machine.does('tar', 'xzf', `/root/${baseOf(packed.archive)}`, '-C', '/root');
  return await machine.does(`/root/${packed.folder}/install.sh`);
}

const baseOf = (path: string): string => path.replace(/.*\//, '');

/** docs/install.md, step 5: the bundle on a computer of the bot’s own. */
export async function unpackBot(machine: DebianMachine, packed: Packed): Promise<void> {
  await bringBundle(machine, packed);
  await machine.does('mkdir', '/opt/registry-ha');
  const words = ['xzf', `/root/${baseOf(packed.archive)}`, '-C', '/opt/registry-ha', '--strip-components', '1'];
  await machine.does('tar', ...words);
}

/** docs/install.md, steps 3 and 5: the files of a bot, without starting it. Returns its public key. */
export async function configureBot(machine: DebianMachine, parts: Parts, workerKey: string): Promise<string> {
  const [alice, bob] = PEOPLE;
  const people = ['--channel', OPS.id, '--requester', alice.id, '--approver', bob.id];
  await machine.does(PROGRAM, 'init', 'bot', '--cluster', CLUSTER, '--redis-url', parts.redisUrl, ...people);
  change(machine, `${ETC}/bot.yaml`, { slack: { apiUrl: parts.slack.apiUrl }, health: { host: parts.host } });
  const { botToken, appToken } = parts.slack;
  place(machine, `${ETC}/secrets/slack-bot-token`, botToken, 0o400);
  place(machine, `${ETC}/secrets/slack-app-token`, appToken, 0o400);
  place(machine, `${ETC}/secrets/redis-password`, parts.passwordOf(BOT), 0o400);
  place(machine, `${ETC}/workers/${CLUSTER}/worker.pub`, workerKey, 0o644);
  await machine.does('chown', '-R', 'root', `${ETC}/approval.key`, `${ETC}/secrets`);
  await machine.does('install', '-m', '0644', `/opt/registry-ha/deploy/${BOT}.service`, '/etc/systemd/system/');
  return read(machine, `${ETC}/approval.pub`);
}

/** The commands of docs/upgrade.md that exchange the program of a bot from the bundle. */
export function exchangeOfBot(): string {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/upgrade.md'), 'utf8');
  const [, commands] = /```sh\n(mkdir \/opt\/registry-ha\.new [^`]*)```/.exec(page) ?? [];
  if (commands === undefined) throw new Error('docs/upgrade.md no longer says how to exchange the bot’s program.');
  return `set -e\ncd /root\n${commands}`;
}

/** docs/install.md, step 4, between install.sh and the start of the worker. */
export async function configureWorker(machine: DebianMachine, parts: Parts, botKey: string): Promise<void> {
  place(machine, '/root/approval.pub', botKey, 0o644);
  place(machine, '/root/password', `${parts.passwordOf(`${WORKER}-${CLUSTER}`)}\n`, 0o600);
  const files = ['--redis-password-file', '/root/password', '--bot-key', '/root/approval.pub'];
  await machine.does('registry-ha', 'init', 'worker', '--cluster', CLUSTER, '--redis-url', parts.redisUrl, ...files);
  place(machine, `${ETC}/kubeconfig`, readFileSync(parts.cluster.workerConfigPath, 'utf8'), 0o600);
  const health = { host: parts.host };
  change(machine, `${ETC}/worker.yaml`, { root: '/bootstrap', kubeconfig: `${ETC}/kubeconfig`, health });
}

export const read = (machine: DebianMachine, path: string): string => readFileSync(machine.file(path), 'utf8');

function change(machine: DebianMachine, path: string, keys: object): void {
  const file = z.looseObject({}).parse(load(read(machine, path)));
  place(machine, path, dump({ ...file, ...keys }), 0o644);
}
