import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { positive, runCommandLine, wholeNumber } from '../sandbox/command/command-line.ts';
import { verdictOf } from '../src/domain/questions/status/cluster-status.ts';
import { judge } from '../src/domain/questions/status/judge.ts';
import { FORTY_NODES, inspecting, NODES } from '../test/fixtures/forty-nodes.ts';
import { removeFolder } from '../test/harness/stage/own-folder.ts';
import { nodeOf, started } from '../test/sandbox/cluster/started.ts';
import { ratioRow, table } from './report.ts';

interface InspectOptions {
  readonly json?: boolean;
  readonly rounds: number;
  readonly pace: number;
}

const GOAL_SECONDS = 5;
const GOAL_COMMANDS = 6;
/** Of each login and each command, at each node, and of each answer of the Kubernetes API. */
const ROUND_TRIP_SECONDS = '0.02';

async function bench({ json, rounds, pace }: InspectOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'registry-ha-bench-inspect-'));
  const [seconds, commands]: [number[], number[]] = [[], []];
  try {
    await using world = await started(FORTY_NODES, pace);
    const sent = () => NODES.map((node) => nodeOf(world.cluster, node).commandLog.length);
    for (const node of NODES) await world.cluster.fault('ssh-far', [node, ROUND_TRIP_SECONDS]);
    await world.cluster.fault('kube-slow', [ROUND_TRIP_SECONDS]);
    const { inspect, surprises, close } = await inspecting(world.cluster, folder);
    for (let round = 0; round < rounds; round += 1) {
      const [before, from] = [sent(), performance.now()];
      const status = judge(await inspect());
      seconds.push((performance.now() - from) / 1000);
      commands.push(Math.max(...sent().map((all, at) => all - (before[at] ?? 0))));
      const isWhole = status.unknown.length === 0 && status.engines.right === status.engines.all;
      if (!isWhole || verdictOf(status) !== 'incomplete' || surprises.length > 0)
        throw new Error(`The inspection is not right: ${JSON.stringify(status).slice(0, 2_000)}`);
    }
    await close();
  } finally {
    await removeFolder(folder);
  }
  const rows = [
    ratioRow('inspect-40', GOAL_SECONDS, 'seconds of one inspection of 40 nodes, the first with logins', seconds, true),
    ratioRow('inspect-commands', GOAL_COMMANDS, 'commands to the node that gets most of them', commands, true),
  ];
  process.stderr.write(
    `seconds: ${seconds.map((one) => one.toFixed(2)).join(', ')}; commands: ${commands.join(', ')}\n`,
  );
  process.stdout.write(json === true ? `${JSON.stringify({ rows })}\n` : `${table(rows)}\n`);
}

await runCommandLine(
  new Command('npm run bench:inspect --')
    .description('Time inspections of a cluster of 40 nodes with 40 registries, each node 20 ms away')
    .option('--json', 'print the rows as one JSON line')
    .option('--rounds <n>', 'inspections, one after another', wholeNumber(1, 100), 5)
    .option('--pace <factor>', 'multiplies every duration of the simulated cluster; 1 is real', positive, 1)
    .action(bench),
);
