import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { build } from '../../scripts/build.ts';
import { packedBundle } from './builds.ts';

const ROOT = join(import.meta.dirname, '../..');
const MEGABYTE = 2 ** 20;
const packed = await packedBundle();
const { scratch } = packed;

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

describe('the program of the bot’s image', () => {
  it('has nothing of the worker, and says so when it is asked for one', async () => {
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
