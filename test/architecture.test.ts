import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const SRC = resolve(import.meta.dirname, '../src');

/** What a folder (or top-level file) of src may import of the rest of src; of adapters all or some. `own` is the folder itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: ['domain'],
  ports: ['domain'],
  'ports.ts': ['domain', 'ports'],
  schema: ['domain', 'schema'],
  steps: ['domain', 'ports.ts', 'steps'],
  app: ['domain', 'ports.ts', 'steps', 'app'],
  adapters: ['domain', 'ports.ts', 'schema', 'own'],
  slack: ['domain', 'ports.ts', 'app', 'slack'],
  config: ['config', 'domain'],
  // They work on files: none of them reaches Slack, a node or the cluster.
  commands: ['domain', 'config', 'adapters/journal', 'adapters/keys', 'adapters/redis', 'commands'],
  wiring: ['domain', 'ports.ts', 'config', 'adapters', 'clock.ts', 'log.ts', 'wiring'],
};

/** The only ones that may import these folders, beside the folder itself. */
const ONLY_FOR: Readonly<Record<string, readonly string[]>> = {
  commands: ['cli.ts', 'sandbox'],
  wiring: ['bot.ts', 'worker.ts'],
  sandbox: ['cli.ts'],
};

/** Packages and the only folders that may import them. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  '@slack/bolt': ['slack'],
  '@slack/web-api': ['slack'],
  ssh2: ['adapters/ssh', 'sandbox'],
  '@kubernetes/client-node': ['adapters/kube'],
  bullmq: ['adapters/redis'],
  ioredis: ['adapters/redis', 'sandbox'],
  'js-yaml': ['adapters/bootstrap', 'config', 'sandbox'],
  ws: ['sandbox'],
  selfsigned: ['sandbox'],
};

/** What each process must never reach, by whatever way. */
const NEVER: Readonly<Record<string, readonly string[]>> = {
  'worker.ts': ['slack/', 'sandbox/'],
  'bot.ts': ['adapters/ssh/', 'adapters/kube/', 'adapters/salt/', 'adapters/bootstrap/', 'adapters/node/', 'sandbox/'],
};

interface Import {
  readonly from: string;
  readonly to: string;
}

function filesOf(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.startsWith('sandbox/slack/page/'))
    .sort();
}

function importsOf(root: string): readonly Import[] {
  return filesOf(root).flatMap((from) => {
    const text = readFileSync(join(root, from), 'utf8').replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, '');
    const targets = [...text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)'([^']+)'/g)].map((match) => match[1] ?? '');
    return targets.map((to) => ({
      from,
      to: to.startsWith('.') ? relative(root, resolve(root, dirname(from), to)) : to,
    }));
  });
}

const folderOf = (path: string): string => path.split('/')[0] ?? path;
const ownOf = (path: string): string => path.split('/').slice(0, 2).join('/');
const isOfSrc =
  (files: ReadonlySet<string>) =>
  ({ to }: Import): boolean =>
    files.has(to);

function wrongImports(root: string): readonly string[] {
  const files = new Set(filesOf(root));
  const imports = importsOf(root);
  const inner = imports.filter(isOfSrc(files)).filter(({ from, to }) => {
    const users = ONLY_FOR[folderOf(to)];
    if (users !== undefined && ![...users, folderOf(to)].includes(folderOf(from))) return true;
    const allowed = MAY_IMPORT[folderOf(from)];
    if (allowed === undefined || allowed.includes(folderOf(to)) || allowed.includes(ownOf(to))) return false;
    return !(allowed.includes('own') && ownOf(from) === ownOf(to));
  });
  const outer = imports.filter(({ from, to }) => {
    const homes = PACKAGES[to.startsWith('@') ? to.split('/').slice(0, 2).join('/') : folderOf(to)];
    return homes !== undefined && !homes.some((home) => from.startsWith(`${home}/`));
  });
  return [...inner, ...outer, ...reached(imports)].map(({ from, to }) => `${from} → ${to}`);
}

function reached(imports: readonly Import[]): readonly Import[] {
  return Object.entries(NEVER).flatMap(([start, never]) => {
    const seen = new Set([start]);
    for (const file of seen) for (const { from, to } of imports) if (from === file) seen.add(to);
    return [...seen]
      .filter((file) => never.some((folder) => file.startsWith(folder)))
      .map((to) => ({ from: start, to }));
  });
}

describe('the arrows between folders', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'registry-ha-architecture-'));
  afterAll(() => rmSync(scratch, { recursive: true }));

  it('go one way, so that a change to Slack or SSH cannot break what decides', () => {
    expect(wrongImports(SRC)).toEqual([]);
  });

  it.each([
    ['domain/planner.ts', "import '../adapters/ssh/shell.ts';"],
    ['steps/copy.ts', "import { x } from '../app/x.ts';"],
    ['adapters/ssh/shell.ts', "import type { y } from '../kube/y.ts';"],
    ['app/look.ts', "import { Client } from 'ssh2';"],
    ['bot.ts', "import './app/sneaky.ts';"],
    ['steps/deep.ts', "const z = await import('../sandbox/z.ts');"],
    ['log.ts', "import './sandbox/z.ts';"],
    ['commands/audit.ts', "import { x } from '../app/x.ts';"],
    ['commands/keys.ts', "const { shell } = await import('../adapters/ssh/shell.ts');"],
    ['worker.ts', "import './commands/c.ts';"],
    ['wiring/worker-proofs.ts', "import '../commands/c.ts';"],
    ['wiring/copy-metrics.ts', "import { x } from '../app/x.ts';"],
    ['cli.ts', "import type { w } from './wiring/w.ts';"],
  ])('are checked for real: a wrong import planted in %s is found', (path, text) => {
    const targets = ['adapters/ssh/shell.ts', 'app/x.ts', 'adapters/kube/y.ts', 'sandbox/z.ts'];
    for (const target of [...targets, 'commands/c.ts', 'wiring/w.ts']) plant(target, '');
    plant('app/sneaky.ts', "import '../adapters/salt/salt.ts';");
    plant('adapters/salt/salt.ts', '');
    const before = wrongImports(scratch).length;
    plant(path, text);
    expect(wrongImports(scratch).length).toBeGreaterThan(before);
    rmSync(join(scratch, path));
  });

  function plant(path: string, text: string): void {
    mkdirSync(dirname(join(scratch, path)), { recursive: true });
    writeFileSync(join(scratch, path), text);
  }
});

describe('the core', () => {
  it('is pure: no clock, chance, environment, files or waiting in domain/', () => {
    const impure = filesOf(join(SRC, 'domain')).flatMap((file) => {
      const text = readFileSync(join(SRC, 'domain', file), 'utf8');
      const hits =
        text.match(/await |\bDate\.now|new Date\(\)|Math\.random|process\.|fetch\(|from 'node:(?!crypto)/g) ?? [];
      return hits.map((hit) => `${file}: ${hit}`);
    });
    expect(impure).toEqual([]);
  });

  it('measures no wait by the time of day, which somebody may set meanwhile: a change would fail, or wait for hours', () => {
    const folders = [
      'steps',
      'wiring',
      ...['bootstrap', 'kube', 'node', 'registry', 'salt', 'ssh'].map((one) => `adapters/${one}`),
    ];
    const hits = folders.flatMap((folder) =>
      filesOf(join(SRC, folder)).filter((file) =>
        /\.now\(\)|new Date\(\)/.test(
          readFileSync(join(SRC, folder, file), 'utf8').replaceAll('performance.now()', ''),
        ),
      ),
    );
    expect(hits).toEqual([]);
  });

  it('stays readable: no file of src over 250 lines', () => {
    const long = filesOf(SRC).filter((file) => readFileSync(join(SRC, file), 'utf8').split('\n').length > 251);
    expect(long).toEqual([]);
  });

  it('never branches on the text of an error, but where a protocol has its code nowhere else', () => {
    // Redis error codes (BUSYGROUP) and the HTTP status of a refused WebSocket reach us as text only.
    const codes = ['adapters/redis/announcements.ts', 'adapters/kube/exec.ts'];
    const branches = filesOf(SRC).filter((file) =>
      /\.message(\.(includes|match|startsWith)| ===)/.test(readFileSync(join(SRC, file), 'utf8')),
    );
    expect(branches.filter((file) => !codes.includes(file))).toEqual([]);
  });
});
