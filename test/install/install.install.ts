import { execFile, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { becomesTrue } from '../../sandbox/processes/poll.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { build } from '../../scripts/build.ts';
import { type Bundle, bundle } from '../../scripts/bundle.ts';
import { needs } from '../fixtures/needs.ts';
import { type FreshRoot, freshRoot, type Ran } from './fresh-root.ts';

const ROOT = join(import.meta.dirname, '../..');
const MEGABYTE = 2 ** 20;
const scratch = mkdtempSync(join(tmpdir(), 'registry-ha-bundles-'));
let packed: Bundle;
beforeAll(async () => {
  packed = await bundle(join(scratch, 'first'), process.execPath);
});
afterAll(() => rmSync(scratch, { recursive: true }));

/** The entries of the bundle: mode, owner and name. */
function entries(): readonly { readonly mode: string; readonly owner: string; readonly name: string }[] {
  const { stdout } = spawnSync('tar', ['-tzvf', packed.archive, '--numeric-owner'], { encoding: 'utf8' });
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/))
    .map(([mode = '', owner = '', , , , name = '']) => ({ mode, owner, name: name.replace(/^[^/]+\//, '') }));
}

describe('the bundle', () => {
  it('has the program, Node, the pages, the examples and the deploy files, and nothing else', () => {
    const tops = [...new Set(entries().map(({ name }) => name.split('/')[0] ?? ''))].filter((name) => name !== '');
    expect(tops.toSorted()).toEqual(
      [
        'BUILD',
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'SHA256SUMS',
        'deploy',
        'dist',
        'docs',
        'examples',
        'install.sh',
        'node',
      ].toSorted(),
    );
    const names = entries().map(({ name }) => name);
    const needed = [
      'dist/cli.js',
      'dist/THIRD-PARTY.txt',
      'node/bin/node',
      'node/LICENSE',
      'docs/install.md',
      'examples/worker.yaml',
    ];
    expect(names).toEqual(
      expect.arrayContaining([...needed, 'deploy/registry-ha-worker.service', 'deploy/registry-ha']),
    );
  });

  it('has the packages for traces in one part, which is loaded only when traces are on', async () => {
    const folder = join(scratch, 'traces');
    await build(folder);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
    const texts = new Map(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
    const parts = files.filter((name) => texts.get(name)?.includes('OTLPExporterError'));
    expect(parts).toEqual([expect.stringMatching(/^parts\/otlp-/)]);
    const part = parts[0]?.replace('parts/', '') ?? '';
    const users = [...texts.values()].filter((text) => text.includes(part));
    expect(users.length).toBeGreaterThan(0);
    expect(users.filter((text) => text.replaceAll(`import("./${part}")`, '').includes(`"./${part}"`))).toEqual([]);
  });

  it('belongs to root, and nobody else can change anything in it', () => {
    expect(entries().filter(({ owner }) => owner !== '0/0')).toEqual([]);
    expect(entries().filter(({ mode }) => mode[5] === 'w' || mode[8] === 'w')).toEqual([]);
    expect(entries().find(({ name }) => name === 'install.sh')?.mode).toBe('-rwxr-xr-x');
  });

  it('is small enough for a slow line', () => {
    expect(statSync(packed.archive).size).toBeLessThan(60 * MEGABYTE);
  });

  it('has the checksum that sha256sum checks', () => {
    const { status } = spawnSync('sha256sum', ['-c', packed.checksum.replace(/.*\//, '')], {
      cwd: join(scratch, 'first'),
    });
    expect(status).toBe(0);
  });

  it('has the same bytes when somebody else packs the same sources in another folder, with open modes and secrets', () => {
    const copy = join(scratch, 'another/folder/of/mine');
    mkdirSync(copy, { recursive: true });
    for (const name of readdirSync(ROOT).filter((one) => one !== 'bundle' && one !== 'dist' && one !== '.git'))
      spawnSync('cp', ['-al', join(ROOT, name), copy]);
    // As deploy/compose.yaml has them made.
    mkdirSync(join(copy, 'deploy/bot/secrets'), { recursive: true });
    writeFileSync(join(copy, 'deploy/bot/secrets/slack-bot-token'), 'xoxb-1');
    const packs = `umask 0; exec "${process.execPath}" scripts/bundle.ts`;
    const { status, stderr } = spawnSync('sh', ['-c', packs], { cwd: copy, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    const name = packed.checksum.replace(/.*\//, '');
    expect(readFileSync(join(copy, 'bundle', name), 'utf8')).toBe(readFileSync(packed.checksum, 'utf8'));
  });
});

/** Another build of the same version, as unpacked. */
function secondBuild(from: string, to: string): void {
  cpSync(from, to, { recursive: true });
  writeFileSync(join(to, 'BUILD'), `${readFileSync(join(from, 'BUILD'), 'utf8').trim().replace(/-.*/, '')}-second\n`);
}

describe('the program of the bot’s image', () => {
  it('has nothing of the worker, and says so to whoever wants one', async () => {
    const folder = join(scratch, 'bot');
    await build(folder, { botOnly: true });
    const packages = readFileSync(join(folder, 'THIRD-PARTY.txt'), 'utf8');
    expect(packages).toContain('--- @slack/bolt ');
    expect(packages).not.toMatch(/--- (@kubernetes\/client-node|@opentelemetry\/exporter-trace-otlp-http|ssh2) /);
    const config = join(ROOT, 'examples/worker.yaml');
    const env = { ...process.env, REGISTRY_HA_REDIS_PASSWORD: 'x' };
    for (const words of [['worker', '--config', config], ['doctor', 'worker'], ['status']]) {
      const { status, stderr } = spawnSync(process.execPath, [join(folder, 'cli.js'), ...words], {
        encoding: 'utf8',
        env,
      });
      expect([status, stderr]).toEqual([
        1,
        expect.stringContaining('It has no worker, and reaches no cluster. Run the command on'),
      ]);
    }
    for (const words of [[], ['run', 'a.txt', '--json'], ['--help']]) {
      const called = [join(folder, 'cli.js'), 'sandbox', ...words];
      const { status, stdout, stderr } = spawnSync(process.execPath, called, { encoding: 'utf8' });
      expect([status, stdout, stderr]).toEqual([
        3,
        '',
        'The sandbox is not part of this program: run `npm ci && npm run sandbox` in a checkout of its sources, as docs/sandbox.md says.\n',
      ]);
    }
    const { status } = spawnSync(process.execPath, [join(folder, 'cli.js'), '--version']);
    expect(status).toBe(0);
  });
});

/** Its own checksums again, after a change. */
function sealed(folder: string): void {
  const find = 'find . -type f ! -name SHA256SUMS ! -name BUILD -exec sha256sum {} + > SHA256SUMS';
  expect(spawnSync('sh', ['-c', find], { cwd: folder }).status).toBe(0);
}

/** Gives each part of a program another name. */
function renameParts(dist: string): void {
  const names = readdirSync(join(dist, 'parts')).filter((name) => name.endsWith('.js'));
  const files = [join(dist, 'cli.js'), ...names.map((name) => join(dist, 'parts', name))];
  for (const file of files) {
    let text = readFileSync(file, 'utf8');
    for (const name of names) text = text.replaceAll(`/${name}`, `/second-${name}`);
    writeFileSync(file, text);
  }
  for (const name of names) renameSync(join(dist, 'parts', name), join(dist, 'parts', `second-${name}`));
}

const isRoot = process.getuid?.() === 0;

describe.skipIf(!isRoot)('install.sh on a fresh node', () => {
  let root: FreshRoot;
  let build: string;
  const unpacked = () => join(root.path, 'root', packed.folder);
  const at = (path: string) => join(root.path, path);
  const install = (...words: readonly string[]): Ran => root.run(`/root/${packed.folder}/install.sh`, ...words);
  /** Every file of ours with mode, owner and content, but for times. */
  const snapshot = () =>
    ['etc', 'opt', '.local', 'var'].map((top) =>
      readdirSync(at(top), { recursive: true, encoding: 'utf8' })
        .toSorted()
        .map((name) => {
          const found = statSync(join(at(top), name));
          return `${name} ${found.mode.toString(8)} ${found.uid}:${found.gid} ${found.isFile() ? found.size : ''}`;
        }),
    );

  beforeAll(() => {
    root = freshRoot();
    cpSync(packed.archive, at('root/bundle.tar.gz'));
    expect(root.run('tar', 'xzf', '/root/bundle.tar.gz', '-C', '/root').code).toBe(0);
    // As a user would own it who has unpacked it before.
    spawnSync('chown', ['-R', '1000:1000', unpacked()]);
    spawnSync('chmod', ['-R', 'a+w', unpacked()]);
    build = readFileSync(join(unpacked(), 'BUILD'), 'utf8').trim();
  });
  afterAll(() => root?.close());

  it('installs program, unit, completion and man page, and prints the public key', () => {
    const { code, out, err } = install();
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(`Installed: ${build}\n`);
    expect(out).toContain(readFileSync(at('etc/registry-ha/worker.pub'), 'utf8'));
    expect(out).not.toContain('PRIVATE KEY');
    expect(out).toContain('Next: registry-ha init worker');
    expect(readlinkSync(at('opt/registry-ha'))).toBe(`registry-ha.d/${build}`);
    expect(root.run('registry-ha', '--version')).toMatchObject({ code: 0, out: '0.1.0\n' });
    expect(root.run('bash', '-n', '/etc/bash_completion.d/registry-ha').code).toBe(0);
    expect(readFileSync(at('.local/share/man/man1/registry-ha.1'), 'utf8')).toContain('.TH REGISTRY');
    expect(existsSync(at('etc/systemd/system/registry-ha-worker.service'))).toBe(true);
  });

  it('leaves everything to root alone, whoever has unpacked it', () => {
    const open = spawnSync(
      'find',
      [at('opt'), at('etc'), at('.local'), '(', '-perm', '/022', '-o', '!', '-uid', '0', ')', '!', '-type', 'l'],
      { encoding: 'utf8' },
    );
    expect(open.stdout).toBe('');
    expect(statSync(at('etc/registry-ha/worker.key')).mode & 0o777).toBe(0o600);
    expect(statSync(at('var/lib/registry-ha')).mode & 0o777).toBe(0o700);
  });

  it('changes nothing when it runs again', () => {
    const [before, key] = [snapshot(), readFileSync(at('etc/registry-ha/worker.key'), 'utf8')];
    expect(install()).toMatchObject({ code: 0, err: '' });
    expect(snapshot()).toEqual(before);
    expect(readFileSync(at('etc/registry-ha/worker.key'), 'utf8')).toBe(key);
  });

  it('refuses a damaged bundle, and an unknown option', () => {
    appendFileSync(join(unpacked(), 'dist/cli.js'), '\n');
    expect(install()).toMatchObject({ code: 1, err: expect.stringContaining('is damaged. Unpack the bundle again.') });
    root.run('tar', 'xzf', '/root/bundle.tar.gz', '-C', '/root');
    expect(install('--updrade')).toMatchObject({ code: 1, err: expect.stringContaining('Unknown option --updrade') });
  });

  it('refuses a build that does not run here, and leaves everything as it was', () => {
    secondBuild(unpacked(), at('root/broken'));
    writeFileSync(at('root/broken/dist/cli.js'), 'throw new Error("broken");\n');
    sealed(at('root/broken'));
    const before = snapshot();
    const { code, err } = root.run('/root/broken/install.sh', '--upgrade');
    expect(code).toBe(1);
    expect(err).toContain('does not run on this system; the reason is above. Nothing was changed.');
    expect(snapshot()).toEqual(before);
  });

  it('refuses another build without --upgrade; with it, switches the link, keeps the build before, and asks for a restart', () => {
    secondBuild(unpacked(), at('root/second'));
    const second = `${build.replace(/-.*/, '')}-second`;
    expect(root.run('/root/second/install.sh')).toMatchObject({
      code: 1,
      err: `install.sh: ${build} is installed. To replace it by ${second}, run install.sh --upgrade.\n`,
    });
    const { code, out } = root.run('/root/second/install.sh', '--upgrade');
    expect(code).toBe(0);
    expect(out).toContain('To change it now: systemctl restart registry-ha-worker');
    expect(readlinkSync(at('opt/registry-ha'))).toBe(`registry-ha.d/${second}`);
    expect(readdirSync(at('opt/registry-ha.d')).toSorted()).toEqual([build, second].toSorted());
    const back = root.run(`/opt/registry-ha.d/${build}/install.sh`, '--upgrade');
    expect(back.code).toBe(0);
    expect(readlinkSync(at('opt/registry-ha'))).toBe(`registry-ha.d/${build}`);
  });

  it('runs the program without network: the doctor answers, and names what is missing', () => {
    const config = {
      cluster: 'lab',
      redis: { url: 'redis://127.0.0.1:6379' },
      trustedKeys: ['/etc/registry-ha/worker.pub'],
    };
    writeFileSync(at('etc/registry-ha/worker.yaml'), JSON.stringify(config));
    const { code, out } = root.run('registry-ha', 'doctor', '--json');
    const { process: whose, checks } = JSON.parse(out);
    expect([code, whose]).toEqual([1, 'worker']);
    const verdicts = new Map(
      checks.map((one: { room: string; name: string; verdict: string }) => [`${one.room}: ${one.name}`, one.verdict]),
    );
    expect(verdicts.get('keys: own key')).toBe('good');
    expect(verdicts.get('redis: connection')).toBe('wrong');
    expect(verdicts.get('kubernetes: api')).toBe('wrong');
    expect(verdicts.get('redis: rights')).toBe('unknown');
  });

  it('removes the program and keeps keys and journal; with --purge, removes these, too', () => {
    writeFileSync(at('var/lib/registry-ha/journal.jsonl'), '');
    expect(install('--uninstall')).toMatchObject({ code: 0, err: '' });
    expect(readdirSync(at('opt'))).toEqual([]);
    expect(existsSync(at('.local/bin/registry-ha'))).toBe(false);
    expect(existsSync(at('etc/registry-ha/worker.key'))).toBe(true);
    expect(existsSync(at('var/lib/registry-ha/journal.jsonl'))).toBe(true);
    expect(install('--uninstall', '--purge').code).toBe(0);
    expect([existsSync(at('etc/registry-ha')), existsSync(at('var/lib/registry-ha'))]).toEqual([false, false]);
    expect(install('--uninstall').code).toBe(0);
  });
});

describe.skipIf(!isRoot)('an installed worker', () => {
  const LIMIT_MS = 300_000;
  const folder = mkdtempSync(join(scratch, 'running-'));
  const source = mkdtempSync(join(scratch, 'running-source-'));
  const installed = join(folder, 'opt/registry-ha');
  const install = (from: string, ...words: readonly string[]) =>
    spawnSync(join(source, from, 'install.sh'), ['--root', folder, ...words], { encoding: 'utf8' });
  let sandbox: Sandbox;

  const last = async () => {
    const seen = await sandbox.changes.read();
    return (seen.are === 'seen' ? seen.changes : seen.last).at(-1);
  };
  const until = async (state: string) => {
    const isSo = async () => (await last())?.state === state;
    expect(await becomesTrue(isSo, LIMIT_MS, new AbortController().signal), state).toBe(true);
  };

  beforeAll(async () => {
    spawnSync('tar', ['xzf', packed.archive, '-C', source]);
    expect(install(packed.folder).status).toBe(0);
    sandbox = await startSandbox({ log: () => undefined, installed: { worker: installed } });
  }, LIMIT_MS);
  afterAll(() => sandbox?.close());

  it('has a doctor that finds everything good but systemd, which does not run it', async () => {
    const words = [join(installed, 'dist/cli.js'), 'doctor', 'worker', '--json'];
    const config = ['--config', join(sandbox.folder, 'worker.yaml')];
    const env = { PATH: process.env['PATH'] ?? '' };
    const { stdout } = await promisify(execFile)(join(installed, 'node/bin/node'), [...words, ...config], {
      env,
    }).catch((error: { stdout: string }) => error);
    const bad = JSON.parse(stdout).checks.filter(({ verdict }: { verdict: string }) => verdict !== 'good');
    const names = bad.map(({ room, name }: { room: string; name: string }) => `${room}: ${name}`);
    // The version of systemd is unknown where it is not even installed.
    const others = ['redis: latency', 'this node: systemd'];
    expect(names.filter((name: string) => !others.includes(name))).toEqual(['this node: service']);
  });

  it('adds a registry while another build is installed: it keeps the one that it has begun with', async () => {
    secondBuild(join(source, packed.folder), join(source, 'second'));
    // Its files have other names: a worker that looked for its own ones there would fail.
    renameParts(join(source, 'second/dist'));
    sealed(join(source, 'second'));
    await sandbox.slack.command('alice', '/registry-ha add node-2');
    await until('planned');
    expect(install('second', '--upgrade')).toMatchObject({ status: 0, stderr: '' });
    expect(readlinkSync(installed)).toMatch(/-second$/);
    // The card follows the record.
    const isClicked = () =>
      sandbox.slack.click('bob', 'Approve').then(
        () => true,
        () => false,
      );
    expect(await becomesTrue(isClicked, LIMIT_MS, new AbortController().signal)).toBe(true);
    await until('done');
  });
});

needs(isRoot, 'root, whose files an installation has')('installs into another root folder with --root', async () => {
  const folder = mkdtempSync(join(scratch, 'image-'));
  const source = mkdtempSync(join(scratch, 'source-'));
  spawnSync('tar', ['xzf', packed.archive, '-C', source]);
  const script = join(source, packed.folder, 'install.sh');
  const { status, stderr } = spawnSync(script, ['--root', folder], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  expect(statSync(join(folder, 'etc/registry-ha/worker.key')).mode & 0o777).toBe(0o600);
  expect(existsSync(join(folder, 'opt/registry-ha/dist/cli.js'))).toBe(true);
});
