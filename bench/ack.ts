import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Command } from 'commander';
import { runCommandLine, wholeNumber } from '../sandbox/command/command-line.ts';
import { freePort } from '../test/fixtures/redis.ts';
import { acknowledged, answerBox, click, command, type Payload, type Target } from './ack/sender.ts';
import { type Rig, startRig } from './fleet/rig.ts';
import { type Row, ratioRow, table, withProfile } from './report.ts';

interface AckOptions {
  readonly json?: boolean;
  readonly clusters: number;
  readonly rounds: number;
}

/** The slowest of a hundred acknowledgements may take this much longer than those of a bare Bolt app. */
const GOAL = 1.5;
/** Seconds; Slack shows an error after three. */
const LIMIT = 1;
interface Size {
  readonly atOnce: number;
  readonly bursts: number;
}

/** Payloads at once, and bursts in one round. The slowest hundredth of single ones is of three, because one pause of the collector is one of them. */
const SIZES: readonly Size[] = [
  { atOnce: 1, bursts: 300 },
  { atOnce: 20, bursts: 10 },
  { atOnce: 200, bursts: 2 },
];
const ANSWER_LIMIT_MS = 60_000;

/** Starts a bare Bolt app with the tokens of the rig's Slack. */
async function startBare({ slack }: Rig): Promise<Target & { close(): void }> {
  const port = await freePort();
  const path = join(import.meta.dirname, 'ack/bare-bolt.ts');
  const words = [path, String(port), slack.apiUrl, slack.botToken, slack.signingSecret];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error('The bare Bolt app did not start.'))),
  ]);
  return {
    url: `http://127.0.0.1:${port}/slack/events`,
    secret: slack.signingSecret,
    close: () => void child.kill('SIGKILL'),
  };
}

type AnswerBox = Awaited<ReturnType<typeof answerBox>>;

/** The acknowledgements of some bursts, each after the answers to the one before. */
async function bursts(target: Target, payload: Payload, { atOnce, bursts: n }: Size, box: AnswerBox) {
  const all: number[] = [];
  for (let burst = 0; burst < n; burst += 1) {
    const before = box.heard();
    all.push(...(await acknowledged(target, payload, atOnce, box.url)));
    const limit = performance.now() + ANSWER_LIMIT_MS;
    while (box.heard() < before + atOnce) {
      if (performance.now() > limit) throw new Error(`${target.url} did not answer everything.`);
      await pause(5);
    }
  }
  return all;
}

/** The 99th percentile. */
function p99(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1] ?? Number.NaN;
}

async function rowsFor(name: string, payload: Payload, ours: Target, bare: Target, box: AnswerBox, rounds: number) {
  const rows: Row[] = [];
  for (const size of SIZES) {
    const ratios: number[] = [];
    const pairs: string[] = [];
    let longest = 0;
    await bursts(bare, payload, { ...size, bursts: 2 }, box);
    await bursts(ours, payload, { ...size, bursts: 2 }, box);
    for (let round = 0; round < rounds; round += 1) {
      const peer = p99(await bursts(bare, payload, size, box));
      const own = await bursts(ours, payload, size, box);
      ratios.push(p99(own) / peer);
      pairs.push(`${p99(own).toFixed(1)} and ${peer.toFixed(1)}`);
      longest = Math.max(longest, ...own);
    }
    const says = `${size.atOnce} at once, against a bare Bolt app`;
    const row = ratioRow(`${name}-${size.atOnce}`, GOAL, says, ratios, true);
    rows.push(await withProfile(row, () => `milliseconds of ours and of the bare app: ${pairs.join(', ')}`));
    if (size.atOnce === 20)
      rows.push(
        ratioRow(`${name}-longest`, LIMIT, 'seconds, the longest of all with 20 at once', [longest / 1000], true),
      );
  }
  return rows;
}

async function bench({ json = false, clusters, rounds }: AckOptions): Promise<void> {
  const box = await answerBox();
  const rig = await startRig(clusters, 'http');
  const bare = await startBare(rig);
  try {
    const ours = { url: rig.requestUrl, secret: rig.slack.signingSecret };
    const rows = [
      ...(await rowsFor('command', command('help'), ours, bare, box, rounds)),
      ...(await rowsFor('click', click(rig.clusters[0] ?? ''), ours, bare, box, rounds)),
    ];
    process.stdout.write(json ? `${JSON.stringify({ rows })}\n` : `${table(rows)}\n`);
  } finally {
    bare.close();
    await rig.close();
    box.close();
  }
}

await runCommandLine(
  new Command('npm run bench:ack --')
    .description('Time how soon commands and clicks are acknowledged, against a bare Bolt app')
    .option('--json', 'print the rows as one JSON line')
    .option('--clusters <n>', 'clusters of the bot', wholeNumber(1, 10_000), 1_000)
    .option('--rounds <n>', 'rounds of each row, bare and ours in turn', wholeNumber(1, 1_000), 5)
    .action(bench),
);
