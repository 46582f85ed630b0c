import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { becomesTrue } from '../../sandbox/processes/poll.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { peopleOf } from '../harness/stage/people.ts';
import { Containers } from './containers.ts';
import { standIn } from './stand-in.ts';

const ROOT = join(import.meta.dirname, '../..');
const IMAGE = 'localhost/registry-ha';
const BASE = 'localhost/stand-in';
const BOT = 'bot';
/** The user of the image, in the Dockerfile. */
const USER = 10001;
const LIMIT_MS = 120_000;
const { signal } = new AbortController();

const scratch = mkdtempSync(join(tmpdir(), 'registry-ha-image-'));
let containers: Containers;
let sandbox: Sandbox;

beforeAll(async () => {
  if (process.getuid?.() !== 0) throw new Error('Images are built and containers run by root here: run it as root.');
  standIn(join(scratch, 'base'));
  containers = await Containers.open(join(scratch, 'containers'));
  await containers.import(join(scratch, 'base'), BASE);
  const text = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
  const onStandIn = text.replaceAll(/^FROM node:\S+/gm, `FROM ${BASE}`);
  expect(onStandIn.match(/^FROM .*/gm)).toEqual([`FROM ${BASE} AS build`, `FROM ${BASE}`]);
  writeFileSync(join(scratch, 'Dockerfile'), onStandIn);
  await containers.build(join(scratch, 'Dockerfile'), ROOT, IMAGE);
  sandbox = await startSandbox({ log: () => undefined });
});
afterAll(async () => {
  await sandbox?.close();
  await containers?.close();
  rmSync(scratch, { recursive: true, force: true });
});

/** The options of podman that a service of compose.yaml stands for. */
function optionsOf(name: string): { readonly options: readonly string[]; readonly command: readonly string[] } {
  const service = z.object({
    read_only: z.literal(true),
    tmpfs: z.array(z.string()),
    cap_drop: z.array(z.string()),
    security_opt: z.array(z.string()),
    command: z.array(z.string()),
  });
  const file = z.object({ services: z.record(z.string(), z.unknown()) });
  const { services } = file.parse(load(readFileSync(join(ROOT, 'deploy/compose.yaml'), 'utf8')));
  const { tmpfs, cap_drop, security_opt, command } = service.parse(services[name]);
  const each = (option: string, values: readonly string[]) => values.flatMap((value) => [option, value]);
  const options = [...each('--tmpfs', tmpfs), ...each('--cap-drop', cap_drop)];
  return { options: ['--read-only', ...options, ...each('--security-opt', security_opt)], command };
}

/** The configuration of the sandbox's bot, at the image's path and for the image's user alone. */
function configuration(): string {
  const folder = join(scratch, 'etc');
  cpSync(sandbox.folder, folder, {
    recursive: true,
    filter: (path) => path === sandbox.folder || /\.(yaml|key|pub)$/.test(path),
  });
  const text = readFileSync(join(folder, 'bot.yaml'), 'utf8').replaceAll(sandbox.folder, '/etc/registry-ha');
  writeFileSync(join(folder, 'bot.yaml'), text);
  for (const words of [
    ['chown', '-R', `${USER}`, folder],
    ['chmod', '-R', 'u=rX,go=', folder],
  ])
    expect(spawnSync(words[0] ?? '', words.slice(1)).status).toBe(0);
  return folder;
}

async function startBot(): Promise<void> {
  const { botToken, appToken } = sandbox.slack;
  const { options, command } = optionsOf('bot');
  const secrets = [`REGISTRY_HA_SLACK_BOT_TOKEN=${botToken}`, `REGISTRY_HA_SLACK_APP_TOKEN=${appToken}`];
  const words = [...options, '--volume', `${configuration()}:/etc/registry-ha:ro`];
  await containers.start('--name', BOT, ...words, ...secrets.flatMap((one) => ['--env', one]), IMAGE, ...command);
}

/** What the HEALTHCHECK of the image answers. */
const isHealthy = async (): Promise<boolean> => (await containers.podman('healthcheck', 'run', BOT)).code === 0;

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

describe('the bot of compose.yaml, on the sandbox’s Slack and Redis', () => {
  beforeAll(async () => {
    await sandbox.services.bot.stop(LIMIT_MS);
    await startBot();
  });

  it('is healthy for its own HEALTHCHECK, and its doctor finds everything good', async () => {
    expect(await becomesTrue(isHealthy, LIMIT_MS, signal)).toBe(true);
    const doctor = ['node', '/app/dist/cli.js', 'doctor', 'bot', '--json', '--config', '/etc/registry-ha/bot.yaml'];
    const { out } = await containers.podman('exec', BOT, ...doctor);
    const bad = JSON.parse(out).checks.filter(({ verdict }: { verdict: string }) => verdict !== 'good');
    const names = bad.map(({ room, name }: { room: string; name: string }) => `${room}: ${name}`);
    expect(names.filter((name: string) => name !== 'redis: latency')).toEqual([]);
  });

  it('takes a request, draws the plan, takes the approval, and sees the add to its end', async () => {
    const people = peopleOf(sandbox);
    await people.request('add node-2');
    await people.approve();
    await people.until('done');
  });

  it('ends by itself when the container is stopped', async () => {
    expect((await containers.podman('stop', '--time', '60', BOT)).code).toBe(0);
    const { out } = await containers.podman('inspect', '--format', '{{.State.ExitCode}}', BOT);
    expect(out.trim()).toBe('0');
  });
});
