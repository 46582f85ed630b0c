import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { runCommandLine, wholeNumber } from '../sandbox/command/command-line.ts';
import { PEOPLE } from '../sandbox/people.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { parseScenario } from '../sandbox/scenario/parse/parse.ts';
import { play } from '../sandbox/scenario/play/play.ts';
import { stageOf } from '../sandbox/scenario/sandbox-stage.ts';
import { systemClock } from '../src/runtime/clock.ts';
import { ratioRow, table } from './report.ts';

interface ApplyOptions {
  readonly json?: boolean;
  readonly rounds: number;
}

/** Adding three registries may take this much longer than adding one. */
const GOAL = 1.4;
const TARGETS = ['node-2', 'node-3', 'node-4'];
/** A whole add takes about a minute at the pace of a real cluster. */
const LIMIT_SECONDS = 900;

const DESCRIPTION = `
cluster: { name: sandbox, version: 128.0.1 }
archives:
  - { kind: metalk8s, version: 127.0.6, path: /srv/scality/releases/metalk8s-127.0.6.iso }
  - { kind: metalk8s, version: 128.0.1, path: /srv/scality/releases/metalk8s-128.0.1.iso }
nodes:
  - { name: bootstrap, ip: 11, roles: [bootstrap, master, etcd, infra], ssh: { annotations: false } }
${TARGETS.map((name, index) => `  - { name: ${name}, ip: ${13 + index}, roles: [node] }`).join('\n')}
`;

/** Seconds from Approve to done of one add, in a sandbox of its own, at the pace of a real cluster. */
async function secondsOfAdd(nodes: readonly string[], description: string): Promise<number> {
  const signal = new AbortController().signal;
  const sandbox = await startSandbox({ pace: 1, description, log: () => undefined, signal });
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
    return (performance.now() - from) / 1000;
  } finally {
    await sandbox.close();
  }
}

async function bench({ json = false, rounds }: ApplyOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'registry-ha-bench-apply-'));
  try {
    const description = join(folder, 'cluster.yaml');
    await writeFile(description, DESCRIPTION);
    const one: number[] = [];
    const three: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      one.push(await secondsOfAdd(TARGETS.slice(0, 1), description));
      three.push(await secondsOfAdd(TARGETS, description));
      process.stderr.write(`add of one: ${one.at(-1)?.toFixed(1)} s, of three: ${three.at(-1)?.toFixed(1)} s\n`);
    }
    const ratios = three.map((seconds, index) => seconds / (one[index] ?? Number.NaN));
    const row = ratioRow('add-three', GOAL, 'adding three registries against adding one', ratios, true);
    process.stdout.write(json ? `${JSON.stringify({ rows: [row] })}\n` : `${table([row])}\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await runCommandLine(
  new Command('npm run bench:apply --')
    .description('Time an add of one registry against an add of three, at the pace of a real cluster')
    .option('--json', 'print the row as one JSON line')
    .option('--rounds <n>', 'times that both are played', wholeNumber(1, 100), 1)
    .action(bench),
);
