import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { VERB_NAMES } from '../src/domain/plan/intent.ts';
import { functionsOf } from './fixtures/functions-of.ts';

const ROOT = resolve(import.meta.dirname, '..');
const SRC = join(ROOT, 'src');

/** What a folder (or top-level file) of src may import of the rest of src; of adapters all or some. `own` is the folder itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: ['domain'],
  // What runs one after the other: nothing of the procedure is in it.
  flow: ['flow'],
  ports: ['domain', 'ports'],
  schema: ['domain', 'schema', 'steps/kinds.ts'],
  steps: ['domain', 'ports', 'steps'],
  app: ['domain', 'flow', 'ports', 'steps', 'app'],
  // How a file is written so that it lasts is one thing for all.
  adapters: ['domain', 'flow', 'ports', 'schema', 'adapters/files', 'own'],
  slack: ['domain', 'flow', 'ports', 'steps/kinds.ts', 'app', 'slack'],
  config: ['config', 'domain'],
  // They work on files: none of them reaches Slack, a node or the cluster.
  commands: [
    'domain',
    'schema',
    'config',
    'adapters/files',
    'adapters/health',
    'adapters/journal',
    'adapters/keys',
    'adapters/redis',
    'commands',
  ],
  runtime: ['domain', 'flow', 'ports', 'config', 'adapters', 'runtime'],
  terminal: ['domain', 'ports', 'app', 'terminal'],
};

/** A step's type is that of its kind's schema, and planners make steps: the one import upward, and of types only. */
const TYPES_ONLY: Readonly<Record<string, string>> = { 'domain/plan/step.ts': 'steps/kinds.ts' };

const DOCTORS = ['doctor-bot.ts', 'doctor-worker.ts', 'bot-only.ts'];

/** The only ones that may import these folders, beside the folder itself. */
const ONLY_FOR: Readonly<Record<string, readonly string[]>> = {
  commands: ['cli.ts', ...DOCTORS],
  runtime: ['cli.ts', 'bot.ts', 'worker.ts', 'terminal.ts', 'on-screen.ts', ...DOCTORS],
  slack: ['bot.ts', 'doctor-bot.ts'],
  terminal: ['terminal.ts', 'on-screen.ts', ...DOCTORS],
};

/** Rooms of a folder, lowest floor first: a room imports from its own floor and from those before it. */
const FLOORS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  domain: [
    ['text'],
    ['cluster'],
    ['node-commands'],
    ['answers'],
    ['plan'],
    ['guards', 'change'],
    ['policy', 'traces'],
    ['typed'],
    ['verbs'],
    ['questions'],
    ['wish'],
  ],
  steps: [['world'], ['kinds'], ['.']],
  app: [
    ['record', 'policy'],
    ['plan', 'ask'],
    ['answer', 'apply', 'watch'],
    ['worker', 'here'],
    ['desk', 'doctor'],
  ],
  slack: [['text'], ['api'], ['plan'], ['inbox', 'parts'], ['card'], ['outbox'], ['surfaces'], ['.']],
  'adapters/ssh': [['login'], ['run'], ['stream'], ['copy']],
  'adapters/redis': [['server'], ['lease'], ['record', 'queue', 'cards'], ['acl']],
  'adapters/bootstrap': [['node'], ['archives'], ['.']],
  'adapters/journal': [['file'], ['entries']],
  runtime: [['.'], ['bot', 'worker']],
};

/** What a reader takes in at once; a folder that grows beyond it gets rooms. */
const FILES_PER_FOLDER = 14;

/** One screen of an orchestrator; most functions have about ten lines. */
const LINES_PER_FUNCTION = 40;

/** Packages and the only folders that may import them. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  '@slack/bolt': ['slack'],
  '@slack/web-api': ['slack'],
  ssh2: ['adapters/ssh'],
  '@kubernetes/client-node': ['adapters/kube'],
  bullmq: ['adapters/redis'],
  ioredis: ['adapters/redis'],
  'js-yaml': ['adapters/bootstrap', 'adapters/kube', 'config'],
  '@opentelemetry/api': ['adapters/otlp'],
  '@opentelemetry/exporter-trace-otlp-http': ['adapters/otlp'],
  '@opentelemetry/resources': ['adapters/otlp'],
  zod: ['domain', 'steps', 'schema', 'adapters', 'slack', 'config'],
  ws: [],
  selfsigned: [],
};

const OF_CLUSTER = ['adapters/ssh/', 'adapters/kube/', 'adapters/salt/', 'adapters/bootstrap/', 'adapters/node/'];

/** What each process must never reach, by whatever way. */
const NEVER: Readonly<Record<string, readonly string[]>> = {
  'worker.ts': ['slack/'],
  // It answers while both are down.
  'terminal.ts': ['slack/', 'adapters/redis/'],
  'bot.ts': OF_CLUSTER,
  'doctor-bot.ts': OF_CLUSTER,
  'bot-only.ts': OF_CLUSTER,
  'doctor-worker.ts': ['slack/'],
};

interface Import {
  readonly from: string;
  readonly to: string;
  /** Gone when the program runs. */
  readonly typesOnly: boolean;
}

function filesOf(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .sort();
}

function importsOf(root: string): readonly Import[] {
  return filesOf(root).flatMap((from) => {
    const text = readFileSync(join(root, from), 'utf8').replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, '');
    const clause = /(\b(?:import|export)\s+type\s[^;']*)?(?:\bfrom\s*|\bimport\s*\(?\s*)'([^']+)'/g;
    return [...text.matchAll(clause)].map(([, types, to = '']) => ({
      from,
      to: to.startsWith('.') ? relative(root, resolve(root, dirname(from), to)) : to,
      typesOnly: types !== undefined,
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
  const inner = imports.filter(isOfSrc(files)).filter(({ from, to, typesOnly }) => {
    if (TYPES_ONLY[from] === to) return !typesOnly;
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
  const outside = imports.filter(({ to }) => to.startsWith('..'));
  const wrong = [...inner, ...outer, ...outside, ...upward(imports), ...reached(imports)];
  return wrong.map(({ from, to }) => `${from} → ${to}`);
}

/** Imports from a room of a folder into a room on a higher floor, or on the same floor but in another room. */
function upward(imports: readonly Import[]): readonly Import[] {
  return Object.entries(FLOORS).flatMap(([folder, floors]) =>
    imports.filter(({ from, to }) => {
      if (!from.startsWith(`${folder}/`) || !to.startsWith(`${folder}/`)) return false;
      const [user, used] = [roomOf(from, folder), roomOf(to, folder)];
      const floorOf = (room: string) => floors.findIndex((rooms) => rooms.includes(room));
      return user !== used && (floorOf(used) === -1 || floorOf(used) >= floorOf(user));
    }),
  );
}

/** The room of a file in a folder, `.` for a file that is in none. */
function roomOf(path: string, folder: string): string {
  const [room = '.', ...rest] = path.slice(folder.length + 1).split('/');
  return rest.length === 0 ? '.' : room;
}

function reached(imports: readonly Import[]): readonly Import[] {
  return Object.entries(NEVER).flatMap(([start, never]) => {
    const seen = new Set([start]);
    for (const file of seen) for (const { from, to } of imports) if (from === file) seen.add(to);
    return [...seen]
      .filter((file) => never.some((folder) => file.startsWith(folder)))
      .map((to) => ({ from: start, to, typesOnly: false }));
  });
}

/** Files that import each other, directly or through others; an import of types counts. Tarjan's algorithm. */
function circles(imports: readonly Import[]): readonly string[] {
  const used = Map.groupBy(imports, ({ from }) => from);
  const found = new Map<string, number>();
  const path: string[] = [];
  const circles: string[] = [];
  const lowest = (file: string): number => {
    const mine = found.size;
    found.set(file, mine);
    path.push(file);
    const ends = (used.get(file) ?? []).map(({ to }) => {
      if (!found.has(to)) return lowest(to);
      return path.includes(to) ? (found.get(to) ?? mine) : mine;
    });
    const low = Math.min(mine, ...ends);
    if (low < mine) return low;
    const circle = path.splice(path.indexOf(file));
    if (circle.length > 1 || (used.get(file) ?? []).some(({ to }) => to === file)) circles.push(circle.join(' → '));
    return mine;
  };
  for (const file of used.keys()) if (!found.has(file)) lowest(file);
  return circles;
}

describe('the arrows between folders', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'registry-ha-architecture-'));
  afterAll(() => rmSync(scratch, { recursive: true }));

  it('go one way, so that a change to Slack or SSH cannot break what decides', () => {
    expect(wrongImports(SRC)).toEqual([]);
  });

  it('never lead back to where they began, not even for a type; but a step has the type of its kind', () => {
    const isStepsType = ({ from, to, typesOnly }: Import) => typesOnly && TYPES_ONLY[from] === to;
    expect(circles(importsOf(SRC).filter((one) => !isStepsType(one)))).toEqual([]);
  });

  it('are followed around: a circle over three files is found, and a file beside it is not part of it', () => {
    const files = { a: "import './b.ts';", b: "import type { c } from './c.ts';", c: "import './a.ts';", d: '' };
    for (const [name, text] of Object.entries(files)) plant(`domain/text/${name}.ts`, text);
    plant('domain/text/d.ts', "import './a.ts';");
    expect(circles(importsOf(scratch))).toEqual(['domain/text/a.ts → domain/text/b.ts → domain/text/c.ts']);
    rmSync(join(scratch, 'domain/text'), { recursive: true });
  });

  it.each([
    ['domain/plan/step.ts', "import '../../adapters/ssh/run/shell.ts';"],
    ['domain/plan/step.ts', "import { STEP_KINDS } from '../../steps/kinds.ts';"],
    ['domain/plan/step.ts', "import type { A } from './a.ts';\nexport { STEP_KINDS } from '../../steps/kinds.ts';"],
    ['domain/plan/step.ts', "import type { copy } from '../../steps/kinds/k.ts';"],
    ['domain/plan/plan.ts', "import type { StepsByKind } from '../../steps/kinds.ts';"],
    ['slack/parts/tasks.ts', "import { k } from '../../steps/kinds/k.ts';"],
    ['domain/text/format.ts', "import type { x } from '../plan/p.ts';"],
    ['domain/change/fold.ts', "import '../guards/g.ts';"],
    ['domain/lost.ts', "import './plan/p.ts';"],
    ['steps/kinds/copy.ts', "import { x } from '../../app/x.ts';"],
    ['steps/world/wait.ts', "import '../kinds/k.ts';"],
    ['adapters/ssh/run/shell.ts', "import type { y } from '../../kube/y.ts';"],
    ['adapters/ssh/login/words.ts', "import '../run/r.ts';"],
    ['adapters/files/replace-file.ts', "import '../kube/y.ts';"],
    ['app/plan/inspect.ts', "import { Client } from 'ssh2';"],
    ['bot.ts', "import './app/sneaky.ts';"],
    ['steps/kinds/deep.ts', "const z = await import('../../../sandbox/z.ts');"],
    ['commands/audit.ts', "import { x } from '../app/x.ts';"],
    ['commands/keys.ts', "const { shell } = await import('../adapters/ssh/run/shell.ts');"],
    ['worker.ts', "import './commands/c.ts';"],
    ['runtime/worker/proofs.ts', "import '../../commands/c.ts';"],
    ['runtime/worker/copy-metrics.ts', "import { x } from '../../app/x.ts';"],
    ['runtime/health.ts', "import './worker/w.ts';"],
    ['app/x.ts', "import type { w } from '../runtime/w.ts';"],
  ])('are checked for real: a wrong import planted in %s is found', (path, text) => {
    const targets = ['adapters/ssh/run/shell.ts', 'adapters/ssh/run/r.ts', 'app/x.ts', 'adapters/kube/y.ts'];
    const others = [
      'domain/plan/p.ts',
      'domain/guards/g.ts',
      'steps/kinds.ts',
      'steps/kinds/k.ts',
      'commands/c.ts',
      'runtime/w.ts',
      'runtime/worker/w.ts',
    ];
    for (const target of [...targets, ...others]) plant(target, '');
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
      ...['bot', 'worker'].map((one) => `runtime/${one}`),
      ...['bootstrap', 'kube', 'node', 'registry', 'salt', 'ssh'].map((one) => `adapters/${one}`),
    ];
    const files = folders.flatMap((folder) => filesOf(join(SRC, folder)).map((file) => `${folder}/${file}`));
    const hits = files.filter((file) =>
      /\.now\(\)|new Date\(\)/.test(readFileSync(join(SRC, file), 'utf8').replaceAll('performance.now()', '')),
    );
    expect(hits).toEqual([]);
  });

  it('measures text and lists by domain/text/length.ts: zod alone would measure any object, and stumble over some', () => {
    // The sandbox's Slack is shown what our own bot sends.
    const files = filesOf(SRC).filter((file) => !file.startsWith('sandbox/slack/'));
    const hits = files.flatMap((file) => {
      const text = readFileSync(join(SRC, file), 'utf8');
      const measured = /(?<!Math|\b(?:number|int|min)\([^()]*\)\s*)\.(?:min|max|length|nonempty|size)\(/g;
      return [...text.matchAll(measured)].map(({ index }) => `${file}: ${text.slice(index - 40, index + 20)}`);
    });
    expect(hits).toEqual([]);
  });

  it('stays readable: no file of src over 250 lines', () => {
    const long = filesOf(SRC).filter((file) => readFileSync(join(SRC, file), 'utf8').split('\n').length > 251);
    expect(long).toEqual([]);
  });

  it(`stays readable: no function of src over ${LINES_PER_FUNCTION} lines`, { timeout: 120_000 }, () => {
    const scratch = mkdtempSync(join(tmpdir(), 'registry-ha-functions-'));
    const functions = functionsOf(SRC, filesOf(SRC), scratch);
    rmSync(scratch, { recursive: true });
    const longest = functions.slice(0, 3).map(({ place, lines }) => `${place} ${lines}`);
    process.stdout.write(`The longest functions of ${functions.length}: ${longest.join(', ')}\n`);
    expect(functions.filter(({ lines }) => lines > LINES_PER_FUNCTION)).toEqual([]);
  });

  it('compares no verb with a word: what a verb does is in its folder, and VERBS knows every verb', () => {
    const comparison = new RegExp(
      `[=!]==? '(${VERB_NAMES.join('|')})'|case '(${VERB_NAMES.join('|')})':|'(${VERB_NAMES.join('|')})' [=!]==?`,
    );
    const files = filesOf(SRC).filter((file) => comparison.test(readFileSync(join(SRC, file), 'utf8')));
    expect(files).toEqual([]);
  });

  it('has rooms a reader can take in: no folder of src over 14 files', () => {
    const sizes = new Map<string, number>();
    for (const file of filesOf(SRC)) sizes.set(dirname(file), (sizes.get(dirname(file)) ?? 0) + 1);
    const fullest = [...sizes].sort(([, one], [, other]) => other - one).slice(0, 3);
    process.stdout.write(`The fullest folders: ${fullest.map(([folder, n]) => `${folder} ${n}`).join(', ')}\n`);
    expect(fullest.filter(([, n]) => n > FILES_PER_FOLDER)).toEqual([]);
  });

  it('never branches on the text of an error, but where a protocol has its code nowhere else', () => {
    // The HTTP status of a refused WebSocket reaches us as text only.
    const codes = ['adapters/kube/exec.ts'];
    const branches = filesOf(SRC).filter((file) =>
      /\.message(\.(includes|match|startsWith)| ===)/.test(readFileSync(join(SRC, file), 'utf8')),
    );
    expect(branches.filter((file) => !codes.includes(file))).toEqual([]);
  });
});

/** The simulators and the trial suites, with what each may import of the repository. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  sandbox: ['sandbox', 'src', 'scripts'],
  'test/harness': ['test/harness', 'sandbox', 'src'],
  'test/chaos': ['test/chaos', 'test/harness', 'sandbox', 'src'],
  'test/attack': ['test/attack', 'test/harness', 'sandbox', 'src'],
  'test/mutation': ['test/mutation', 'test/harness', 'sandbox'],
};

/** The product's keys and signatures: what is forged must not be made by the code that is to find it out. */
const SIGNING = 'src/adapters/keys/';
/** Signs as the honest bot; attacks the reading of keys; proves that forgeries are well made. */
const MAY_SIGN = ['test/attack/stage/bots-own.ts', 'test/attack/files/keys.ts', 'test/attack/redis/forger.test.ts'];

function wrongBeside(root: string): readonly string[] {
  const wrong = Object.entries(BESIDE).flatMap(([folder, allowed]) =>
    importsBelow(root, folder).filter(({ from, to }) => {
      const isFound = to.endsWith('.ts') && to.includes('/');
      if (isFound && !allowed.some((one) => to.startsWith(`${one}/`))) return true;
      return folder === 'test/attack' && to.startsWith(SIGNING) && !MAY_SIGN.includes(from);
    }),
  );
  return wrong.map(({ from, to }) => `${from} → ${to}`);
}

/** Imports of the files below a folder, both ends named from the root. */
function importsBelow(root: string, folder: string): readonly Import[] {
  const named = ({ from, to, typesOnly }: Import): Import => ({
    typesOnly,
    from: join(folder, from),
    to: to.startsWith('.') || to.endsWith('.ts') ? join(folder, to) : to,
  });
  return importsOf(join(root, folder)).map(named);
}

describe('what is beside the product', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'registry-ha-architecture-'));
  afterAll(() => rmSync(scratch, { recursive: true }));

  it('is never imported by it', () => {
    expect(importsBelow(ROOT, 'src').filter(({ to }) => /^(sandbox|test|bench)\//.test(to))).toEqual([]);
  });

  it('keeps its arrows: the trial suites share the harness, not each other, and a forger signs by himself', () => {
    expect(wrongBeside(ROOT)).toEqual([]);
  });

  it('removes folders by removeFolder, which waits for a process that still creates a file there', () => {
    const files = ['test', 'bench'].flatMap((folder) => filesOf(join(ROOT, folder)).map((file) => `${folder}/${file}`));
    const removing = files.filter((file) => /\brm\([^;]*recursive:/.test(readFileSync(join(ROOT, file), 'utf8')));
    expect(removing).toEqual(['test/harness/stage/own-folder.ts']);
  });

  it.each([
    ['sandbox/slack/site/site.ts', "import '../../../test/harness/random.ts';"],
    ['test/harness/random.ts', "import type { x } from '../chaos/acts.ts';"],
    ['test/chaos/acts.ts', "import { x } from '../attack/door.ts';"],
    ['test/mutation/judge.ts', "import { x } from '../../src/domain/x.ts';"],
    ['test/attack/door.ts', "const { x } = await import('../chaos/acts.ts');"],
    ['test/attack/redis/forger.ts', "import { x } from '../../../src/adapters/keys/approvals.ts';"],
  ])('a wrong import planted in %s is found', (path, text) => {
    for (const folder of Object.keys(BESIDE)) mkdirSync(join(scratch, folder), { recursive: true });
    mkdirSync(dirname(join(scratch, path)), { recursive: true });
    writeFileSync(join(scratch, path), text);
    expect(wrongBeside(scratch)).toHaveLength(1);
    rmSync(join(scratch, path));
  });

  it('has no circle, not even of types', () => {
    expect(circles(Object.keys(BESIDE).flatMap((folder) => importsBelow(ROOT, folder)))).toEqual([]);
  });

  it('has rooms a reader can take in: no folder over 14 files', () => {
    const files = Object.keys(BESIDE).flatMap((folder) =>
      filesOf(join(ROOT, folder)).map((file) => join(folder, file)),
    );
    const sizes = [...Map.groupBy(files, dirname)].map(([folder, inside]) => `${folder} ${inside.length}`);
    expect(sizes.filter((size) => Number(size.split(' ')[1]) > FILES_PER_FOLDER)).toEqual([]);
  });
});
