import { spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CLUSTER, OPS, PEOPLE } from '../../sandbox/people.ts';
import { becomesTrue } from '../../sandbox/processes/poll.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { type ChangesReader, changesReader } from '../../sandbox/seen/changes.ts';
import { workerUser } from '../../src/adapters/redis/acl/acl.ts';
import { removeFolder } from '../harness/stage/own-folder.ts';
import { type People, peopleOf } from '../harness/stage/people.ts';
import { serviceOf } from './compose-file.ts';
import { Containers } from './containers.ts';
import { podOf } from './deployment-file.ts';
import { redisStandIn, standIn } from './stand-in.ts';

const ROOT = join(import.meta.dirname, '../..');
const IMAGE = 'localhost/registry-ha';
const BASE = 'localhost/stand-in';
const REDIS_IMAGE = 'localhost/redis-stand-in';
/** The user of the image, in the Dockerfile. */
const USER = 10001;
/** An administrator of Redis, as people add their own to users.acl: the bot's user may not list the changes. */
const READER = 'reader';
const LIMIT_MS = 120_000;
const { signal } = new AbortController();
const DoctorSays = z.object({
  checks: z.array(z.object({ room: z.string(), name: z.string(), verdict: z.string() })),
});

const scratch = mkdtempSync(join(tmpdir(), 'registry-ha-image-'));
const closing = new AsyncDisposableStack();
let containers: Containers;

beforeAll(async () => {
  closing.defer(() => removeFolder(scratch));
  if (process.getuid?.() !== 0) throw new Error('Images are built and containers run by root here: run it as root.');
  standIn(join(scratch, 'base'));
  containers = await Containers.open(join(scratch, 'containers'));
  closing.defer(() => containers.close());
  await containers.import(join(scratch, 'base'), BASE);
  const text = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
  const onStandIn = text.replaceAll(/^FROM node:\S+/gm, `FROM ${BASE}`);
  expect(onStandIn.match(/^FROM .*/gm)).toEqual([`FROM ${BASE} AS build`, `FROM ${BASE}`]);
  writeFileSync(join(scratch, 'Dockerfile'), onStandIn);
  await containers.build(join(scratch, 'Dockerfile'), ROOT, IMAGE);
});
afterAll(() => closing.disposeAsync());

describe('the image', () => {
  it('has the licence and the program, which its user cannot change', async () => {
    const look = 'id -u; ls -A /app; find /app -writable';
    const { code, out } = await containers.run('--entrypoint', 'sh', IMAGE, '-c', look);
    expect([code, out.trim().split('\n')]).toEqual([0, [`${USER}`, 'LICENSE', 'dist']]);
    expect(await containers.run(IMAGE, '--version')).toMatchObject({ code: 0, out: '0.1.0\n' });
  });

  it('says in one sentence what its configuration lacks', async () => {
    const { code, out, err } = await containers.run('--read-only', IMAGE);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('/etc/registry-ha/bot.yaml');
    expect(err).not.toContain('    at ');
  });
});

describe('compose.yaml, as its comment says', () => {
  /** Where compose.yaml is, and what its comment makes there. */
  const folder = join(scratch, 'deploy');
  const at = (...names: readonly string[]) => join(folder, 'bot', ...names);
  let sandbox: Sandbox;
  let changes: ChangesReader;
  let people: People;

  /** The loopback address of the sandbox's Redis, whose place that of compose.yaml takes. */
  const host = () => new URL(sandbox.redisUrl).hostname;
  const redisUrl = (user: string) =>
    `redis://${user}:${readFileSync(at('redis', `${user}.password`), 'utf8').trim()}@${host()}:6379`;

  beforeAll(async () => {
    sandbox = await startSandbox({ log: () => undefined });
    closing.defer(() => sandbox.close());
    for (const name of ['bot', 'worker', 'redis'] as const) await sandbox.services[name].stop(LIMIT_MS);
    redisStandIn(join(scratch, 'redis'));
    await containers.import(join(scratch, 'redis'), REDIS_IMAGE);
  });

  /** The bot's files, by the image's own `init bot`; then what that prints, and docs/install.md. */
  async function init(): Promise<void> {
    spawnSync('mkdir', ['-p', folder]);
    const [alice, bob] = PEOPLE;
    const people = ['--requester', alice.id, '--approver', bob.id];
    const of = ['--cluster', CLUSTER, '--channel', OPS.id, ...people];
    const words = ['init', 'bot', '--folder', '/deploy/bot', '--redis-url', 'redis://redis:6379', ...of];
    const { code, out, err } = await containers.run('--user', '0', '--volume', `${folder}:/deploy`, IMAGE, ...words);
    expect([code, err]).toEqual([0, '']);
    const { botToken, appToken } = sandbox.slack;
    for (const [name, token] of [
      ['slack-bot-token', botToken],
      ['slack-app-token', appToken],
    ] as const) {
      const [, command = ''] = new RegExp(`\`(install [^\`]*/${name})\``).exec(out) ?? [];
      // Of a socket, as Node gives it, there is no /dev/stdin to open.
      const line = `cat | ${command.replace('/deploy/', `${folder}/`)}`;
      const { status } = spawnSync('sh', ['-c', line], { input: `${token}\n` });
      expect([name, status]).toEqual([name, 0]);
    }
    appendFileSync(at('redis/users.acl'), `user ${READER} on >${READER} ~* &* +@all\n`);
    copyFileSync(join(sandbox.folder, `worker-${CLUSTER}.pub`), at('workers', CLUSTER, 'worker.pub'));
  }

  /** The sandbox's worker gets the password and the key that `init bot` made for it. */
  function wireWorker(): void {
    const path = join(sandbox.folder, 'worker.yaml');
    const config = z.looseObject({}).parse(load(readFileSync(path, 'utf8')));
    writeFileSync(path, dump({ ...config, redis: { url: redisUrl(workerUser(CLUSTER)) } }));
    copyFileSync(at('approval.pub'), join(sandbox.folder, 'approval.pub'));
  }

  /** The name that Redis has for compose, and where Slack is. */
  const network = () => ['--add-host', `redis:${host()}`, '--env', `REGISTRY_HA_SLACK_API_URL=${sandbox.slack.apiUrl}`];

  /** Redis listens on loopback only, where compose publishes a port. */
  async function start(name: 'redis' | 'bot'): Promise<void> {
    const { options, command } = serviceOf(name, folder);
    const words =
      name === 'bot' ? [...network(), IMAGE, ...command] : [REDIS_IMAGE, ...command, '--bind', host(), '127.0.0.1'];
    await containers.start('--name', name, ...options, ...words);
  }

  async function becomesHealthy(name: string): Promise<void> {
    const isHealthy = async () => (await containers.podman('healthcheck', 'run', name)).code === 0;
    if (await becomesTrue(isHealthy, LIMIT_MS, signal)) return;
    const { out, err } = await containers.podman('logs', name);
    throw new Error(`${name} does not become healthy: ${out}${err}`);
  }

  /** The checks of the doctor that are not good. How soon Redis answers is a matter of this computer. */
  async function troublesIn(name: string): Promise<readonly string[]> {
    const doctor = ['node', '/app/dist/cli.js', 'doctor', 'bot', '--json', '--config', '/etc/registry-ha/bot.yaml'];
    const { out } = await containers.podman('exec', name, ...doctor);
    const { checks } = DoctorSays.parse(JSON.parse(out));
    const bad = checks.filter(({ verdict }) => verdict !== 'good').map((one) => `${one.room}: ${one.name}`);
    return bad.filter((one) => one !== 'redis: latency');
  }

  async function endsWell(name: string): Promise<void> {
    expect((await containers.podman('stop', '--time', '60', name)).code).toBe(0);
    const { out } = await containers.podman('inspect', '--format', '{{.State.ExitCode}}', name);
    expect(out.trim()).toBe('0');
  }

  it('init bot writes what it mounts, and both services become healthy', async () => {
    await init();
    await start('redis');
    await becomesHealthy('redis');
    await start('bot');
    await becomesHealthy('bot');
    wireWorker();
    await sandbox.services.worker.start(signal);
    changes = changesReader(`redis://${READER}:${READER}@${host()}:6379`, CLUSTER);
    closing.defer(() => changes.close());
    people = peopleOf({ slack: sandbox.slack, changes });
  });

  it('the doctor of the bot finds everything good', async () => {
    expect(await troublesIn('bot')).toEqual([]);
  });

  it('the bot takes a request, draws the plan, takes the approval, and sees the add to its end', async () => {
    await people.request('add node-2');
    await people.approve();
    await people.until('done');
  });

  it('Redis lets nobody in without a login, and keeps the changes when it is restarted', async () => {
    const { out } = await containers.podman('exec', 'redis', 'redis-cli', 'get', 'x');
    expect(out).toContain('NOAUTH');
    expect((await containers.podman('restart', '--time', '10', 'redis')).code).toBe(0);
    await becomesHealthy('redis');
    await people.until('done');
    await people.request('remove node-2 --last');
  });

  it('the bot ends by itself when it is stopped', async () => {
    await endsWell('bot');
  });

  it('a pod of deploy/kubernetes with the same files takes its place, and sees the removal to its end', async () => {
    copyFileSync(at('workers', CLUSTER, 'worker.pub'), join(folder, 'worker.pub'));
    const path = at('bot.yaml');
    const text = readFileSync(path, 'utf8');
    const here = text.replaceAll(`/etc/registry-ha/workers/${CLUSTER}`, `/etc/registry-ha-workers/${CLUSTER}.pub`);
    expect(here).not.toBe(text);
    writeFileSync(path, here);
    const { options, command } = podOf(folder, join(scratch, 'volumes'));
    const words = [...options, ...network(), '--env', 'REGISTRY_HA_HEALTH_HOST=127.0.0.1', IMAGE, ...command];
    await containers.start('--name', 'pod', ...words);
    await becomesHealthy('pod');
    expect(await troublesIn('pod')).toEqual([]);
    await people.approve();
    await people.until('done');
    await endsWell('pod');
  });
});
