import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { positive, runCommandLine, wholeNumber } from '../sandbox/command/command-line.ts';
import { PEOPLE } from '../sandbox/people.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { parseScenario } from '../sandbox/scenario/parse/parse.ts';
import { play } from '../sandbox/scenario/play/play.ts';
import { stageOf } from '../sandbox/scenario/sandbox-stage.ts';
import type { ChangeEvent } from '../src/domain/change/change.ts';
import { systemClock } from '../src/runtime/clock.ts';
import { JournalTail } from '../test/harness/stage/journal-tail.ts';
import { removeFolder } from '../test/harness/stage/own-folder.ts';
import { secondsByHand } from './by-hand.ts';
import { has } from './peers.ts';
import { type Row, ratioRow, table, withProfile } from './report.ts';

interface ApplyOptions {
  readonly json?: boolean;
  readonly rounds: number;
  readonly pace: number;
  readonly targets: readonly number[];
}

/** Our time by that of a script with the documented commands: at most this share for so many targets. */
const GOALS: Readonly<Record<number, number>> = { 1: 1.1, 3: 0.5, 10: 0.3 };
/** Adding three registries may take this much longer than adding one. */
const THREE_BY_ONE = 1.4;
/** Ten registries by hand take several minutes at the pace of a real cluster. */
const LIMIT_SECONDS = 1_800;

const ARCHIVES = ['127.0.6', '128.0.1'].map((version) => ({
  version,
  path: `/srv/scality/releases/metalk8s-${version}.iso`,
}));

/** The cluster that both work on: the bootstrap node, and one node for each target. */
const descriptionFor = (targets: number): string => `
cluster: { name: sandbox, version: 128.0.1 }
archives:
${ARCHIVES.map(({ version, path }) => `  - { kind: metalk8s, version: ${version}, path: ${path} }`).join('\n')}
nodes:
  - { name: bootstrap, ip: 11, roles: [bootstrap, master, etcd, infra], ssh: { annotations: false } }
${namesOf(targets)
  .map((name, index) => `  - { name: ${name}, ip: ${13 + index}, roles: [node] }`)
  .join('\n')}
`;

const namesOf = (targets: number): readonly string[] => Array.from({ length: targets }, (_, at) => `node-${at + 2}`);

/** One add, from Approve to done. */
interface Add {
  readonly seconds: number;
  readonly profile: string;
}

/** Times one add in a sandbox of its own. */
async function timedAdd(nodes: readonly string[], description: string, pace: number): Promise<Add> {
  const signal = new AbortController().signal;
  const sandbox = await startSandbox({ pace, description, log: () => undefined, signal });
  const played = async (text: string): Promise<void> => {
    const scenario = parseScenario(text, { people: PEOPLE.map(({ name }) => name) });
    if (scenario.is === 'wrong') throw new Error(scenario.mistakes.join('\n'));
    const scene = { stage: stageOf(sandbox, signal), clock: systemClock, signal, patience: 1 };
    const failed = await play(scenario.statements, scene, () => undefined);
    if (failed !== null) throw new Error(`add ${nodes.join(' ')}: ${failed.instead}`);
  };
  try {
    await played(`alice> /registry-ha add ${nodes.join(' ')}\nwait planned within ${LIMIT_SECONDS}\n`);
    const from = performance.now();
    await played(`bob> click Approve\nwait done within ${LIMIT_SECONDS}\n`);
    const seconds = (performance.now() - from) / 1000;
    return { seconds, profile: profileOf(new JournalTail(join(sandbox.folder, 'worker/journal.jsonl')).events()) };
  } finally {
    await sandbox.close();
  }
}

/** Seconds of each kind of step, from its first start to its last end: lanes run beside each other. */
function profileOf(events: readonly ChangeEvent[]): string {
  const times = new Map<string, { from: number; to: number }>();
  for (const event of events) {
    if (event.type !== 'step-started' && event.type !== 'step-done') continue;
    const kind = event.step.split(':')[0] ?? event.step;
    const at = Date.parse(event.at);
    times.set(kind, { from: times.get(kind)?.from ?? at, to: at });
  }
  const each = [...times].map(([kind, { from, to }]) => `${kind} ${((to - from) / 1000).toFixed(1)}`);
  return `seconds of ours from the first start to the last end of each kind of step: ${each.join(', ')}`;
}

/** Seconds of ours and of the script, one pair for each round. */
interface Times {
  readonly ours: number[];
  readonly byHand: number[];
  /** Of our last add. */
  profile: string;
}

async function timesOf(targets: number, folder: string, { rounds, pace }: ApplyOptions): Promise<Times> {
  const description = join(folder, `cluster-${targets}.yaml`);
  await writeFile(description, descriptionFor(targets));
  const nodes = namesOf(targets);
  const archives = ARCHIVES.map(({ path }) => path);
  const times: Times = { ours: [], byHand: [], profile: '' };
  for (let round = 0; round < rounds; round += 1) {
    const { seconds, profile } = await timedAdd(nodes, description, pace);
    times.ours.push(seconds);
    times.profile = profile;
    times.byHand.push(await secondsByHand({ nodes, description, archives, pace }));
    const said = [times.ours, times.byHand].map((all) => `${all.at(-1)?.toFixed(1)} s`);
    process.stderr.write(`${targets} targets: ours ${said[0]}, by hand ${said[1]}\n`);
  }
  return times;
}

async function bench(options: ApplyOptions): Promise<void> {
  if (!(await has('kubectl')))
    throw new Error('kubectl is not installed. On Debian: apt-get install kubernetes-client');
  const folder = await mkdtemp(join(tmpdir(), 'registry-ha-bench-apply-'));
  const rows: Row[] = [];
  const all = new Map<number, Times>();
  try {
    for (const targets of options.targets) {
      const times = await timesOf(targets, folder, options);
      all.set(targets, times);
      const says = `our time by that of the documented commands in a script, ${targets} target${targets === 1 ? '' : 's'}`;
      const row = ratioRow(`add-${targets}`, GOALS[targets] ?? 1, says, shares(times.ours, times.byHand), true);
      rows.push(await withProfile(row, () => times.profile));
    }
    const [one, three] = [all.get(1), all.get(3)];
    if (one !== undefined && three !== undefined) {
      const says = 'adding three registries against adding one';
      rows.push(ratioRow('three-by-one', THREE_BY_ONE, says, shares(three.ours, one.ours), true));
    }
    process.stdout.write(options.json === true ? `${JSON.stringify({ rows })}\n` : `${table(rows)}\n`);
  } finally {
    await removeFolder(folder);
  }
}

const shares = (some: readonly number[], others: readonly number[]): readonly number[] =>
  some.map((seconds, at) => seconds / (others[at] ?? Number.NaN));

await runCommandLine(
  new Command('npm run bench:apply --')
    .description('Time adds from Approve to done against a shell script with the documented commands')
    .option('--json', 'print the rows as one JSON line')
    .option('--rounds <n>', 'times that each pair is played', wholeNumber(1, 100), 1)
    .option('--pace <factor>', 'multiplies every duration of the simulated cluster; 1 is real', positive, 1)
    .option('--targets <numbers>', 'numbers of targets, separated by commas', numbers, [1, 3, 10])
    .action(bench),
);

function numbers(word: string): readonly number[] {
  return word.split(',').map((one) => wholeNumber(1, 20)(one));
}
