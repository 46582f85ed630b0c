import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { positive, runCommandLine, wholeNumber } from '../sandbox/command/command-line.ts';
import { PEOPLE } from '../sandbox/people.ts';
import { becomesTrue } from '../sandbox/processes/poll.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { buttonsFor } from '../sandbox/slack/people/buttons.ts';
import type { ChangeEvent } from '../src/domain/change/change.ts';
import { JournalTail } from '../test/harness/stage/journal-tail.ts';
import { removeFolder } from '../test/harness/stage/own-folder.ts';
import { type Row, ratioRow, table, withProfile } from './report.ts';

interface PlanOptions {
  readonly json?: boolean;
  readonly rounds: number;
  readonly pace: number;
}

/** Seconds from the command to the card with its buttons, by the number of nodes. */
const GOALS: Readonly<Record<number, number>> = { 4: 1.5, 12: 2, 40: 4 };
/** Of each login and each command, at each node, and of each answer of the Kubernetes API. */
const ROUND_TRIP_SECONDS = 0.02;
const LIMIT_MS = 120_000;
const { signal } = new AbortController();
const [, BOB] = PEOPLE;

const descriptionFor = (size: number): string => `
cluster: { name: sandbox, version: 128.0.1 }
archives:
  - { kind: metalk8s, version: 127.0.6, path: /srv/scality/releases/metalk8s-127.0.6.iso }
  - { kind: metalk8s, version: 128.0.1, path: /srv/scality/releases/metalk8s-128.0.1.iso }
nodes:
  - { name: bootstrap, ip: 11, roles: [bootstrap, master, etcd, infra], ssh: { annotations: false } }
${namesOf(size)
  .map((name, index) => `  - { name: ${name}, ip: ${13 + index}, roles: [node] }`)
  .join('\n')}
`;

const namesOf = (size: number): readonly string[] => Array.from({ length: size - 1 }, (_, at) => `node-${at + 2}`);

/** Seconds from the command to the buttons, once for each round. */
interface Plans {
  readonly seconds: readonly number[];
  readonly profile: string;
}

/** Each plan is denied before the next. */
async function timedPlans(size: number, folder: string, { rounds, pace }: PlanOptions): Promise<Plans> {
  const description = join(folder, `cluster-${size}.yaml`);
  await writeFile(description, descriptionFor(size));
  const sandbox = await startSandbox({ pace, description, log: () => undefined, signal });
  try {
    for (const node of namesOf(size)) await sandbox.faults.plant('ssh-far', [node, String(ROUND_TRIP_SECONDS)]);
    await sandbox.faults.plant('kube-slow', [String(ROUND_TRIP_SECONDS)]);
    // The first plan computes the archives' digests.
    await secondsOfPlan(sandbox);
    const all: number[] = [];
    for (let round = 0; round < rounds; round += 1) all.push(await secondsOfPlan(sandbox));
    process.stderr.write(`${size} nodes: ${all.map((seconds) => seconds.toFixed(2)).join(', ')} s\n`);
    const profile = profileOf(new JournalTail(join(sandbox.folder, 'worker/journal.jsonl')).events());
    return { seconds: all, profile };
  } finally {
    await sandbox.close();
  }
}

/** Of the last plan. */
function profileOf(events: readonly ChangeEvent[]): string {
  const at = (type: ChangeEvent['type']): number => Date.parse(events.findLast((one) => one.type === type)?.at ?? '');
  const seconds = (at('planned') - at('requested')) / 1000;
  return `${seconds.toFixed(2)} s from the request to the plan in the journal, for two commands of Salt at the same time; then the card`;
}

async function secondsOfPlan({ slack }: Sandbox): Promise<number> {
  const isThere = () => buttonsFor(BOB, slack.messages()).some(({ label }) => label === 'Approve');
  const from = performance.now();
  await slack.command('alice', '/registry-ha add node-2');
  if (!(await becomesTrue(isThere, LIMIT_MS, signal))) throw new Error('There is no card with its buttons.');
  const seconds = (performance.now() - from) / 1000;
  const asked = slack.modals().length;
  await slack.click('alice', 'Deny');
  const isAsked = () => slack.modals().length > asked;
  if (!(await becomesTrue(isAsked, LIMIT_MS, signal))) throw new Error('Deny opened no window.');
  await slack.submit('alice');
  if (!(await becomesTrue(() => !isThere(), LIMIT_MS, signal))) throw new Error('The plan was not denied.');
  return seconds;
}

async function bench(options: PlanOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'registry-ha-bench-plan-'));
  const rows: Row[] = [];
  try {
    for (const [size, goal] of Object.entries(GOALS)) {
      const { seconds, profile } = await timedPlans(Number(size), folder, options);
      const says = `seconds from the command to the card with its buttons, ${size} nodes`;
      rows.push(await withProfile(ratioRow(`plan-${size}`, goal, says, seconds, true), () => profile));
    }
  } finally {
    await removeFolder(folder);
  }
  process.stdout.write(options.json === true ? `${JSON.stringify({ rows })}\n` : `${table(rows)}\n`);
}

await runCommandLine(
  new Command('npm run bench:plan --')
    .description('Time plans of clusters of 4, 12 and 40 nodes, each 20 ms away')
    .option('--json', 'print the rows as one JSON line')
    .option('--rounds <n>', 'plans of each cluster, after one that is not timed', wholeNumber(1, 100), 5)
    .option('--pace <factor>', 'multiplies every duration of the simulated cluster; 1 is real', positive, 1)
    .action(bench),
);
