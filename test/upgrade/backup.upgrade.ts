import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { becomesTrue } from '../../sandbox/processes/poll.ts';
import { newKeyPairFiles } from '../../src/adapters/keys/store.ts';
import { isRoot } from '../fixtures/needs.ts';
import { judgeCommands } from '../harness/judges/commands.ts';
import { actsOf, engineJobs, stepsIn } from '../harness/judges/deeds.ts';
import { JournalTail } from '../harness/stage/journal-tail.ts';
import { type People, peopleOf } from '../harness/stage/people.ts';
import { type Computer, startTwoComputers, type TwoComputers } from '../harness/stage/two-computers.ts';
import { commandsOf } from '../harness/stage/upgrade-page.ts';

const LIMIT_MS = 240_000;
const FOLDERS: Readonly<Record<Computer, readonly string[]>> = {
  bot: ['etc/registry-ha'],
  worker: ['etc/registry-ha', 'var/lib/registry-ha'],
};
/** Enough for an answer, on a computer ten times slower. */
const SAYS_LIMIT_MS = 60_000;
const { signal } = new AbortController();
let on: TwoComputers;
let people: People;

beforeAll(async () => {
  on = await startTwoComputers(signal);
  people = peopleOf(on);
}, LIMIT_MS);
afterAll(() => on?.close());

/** Runs the commands that docs/upgrade.md gives for this process, with the computer's own root folder. */
function follow(heading: 'Backup' | 'Restore', computer: Computer): void {
  const root = on.roots[computer];
  const commands = commandsOf(heading, computer, root);
  const { status, stderr } = spawnSync('sh', ['-ec', commands], { cwd: root, encoding: 'utf8' });
  // tar exits with 1 when a file changes as it is read.
  expect(heading === 'Backup' ? [0, 1] : [0], stderr).toContain(status);
}

/** Each file of a computer with its mode, owner and text, but for those that a working worker writes again. */
function filesOf(computer: Computer): readonly (readonly [string, string, string])[] {
  const root = on.roots[computer];
  return FOLDERS[computer].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => !/\.(sock|lock)$|^begun-jobs/.test(entry.name))
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        const { mode, uid, gid } = statSync(path);
        return [
          path,
          `${(mode & 0o777).toString(8)} ${uid}:${gid}`,
          entry.isFile() ? readFileSync(path, 'utf8') : '',
        ] as const;
      }),
  );
}

function destroy(computer: Computer): void {
  for (const folder of FOLDERS[computer]) rmSync(join(on.roots[computer], folder), { recursive: true });
}

const fileOf = (computer: Computer, path: string): string => join(on.roots[computer], path);
const journal = () => new JournalTail(fileOf('worker', 'var/lib/registry-ha/journal.jsonl'));

/** What the process says when it does not start. */
async function refusal(computer: Computer): Promise<string> {
  return await on.services[computer].start(signal).then(() => 'It started.', String);
}

const says = async (what: RegExp) => {
  const heard = () =>
    on.slack
      .messages()
      .map(({ text }) => text)
      .join('\n');
  if (!(await becomesTrue(() => what.test(heard()), SAYS_LIMIT_MS, signal)))
    throw new Error(`Nobody said ${what}: ${heard()}`);
};

/** How often each step of the newest change was begun, and how often the change was approved. */
async function countsOf() {
  const id = (await people.newest())?.id;
  const events = journal()
    .changeLines()
    .flatMap(({ change, event }) => (change === id ? [event] : []));
  const begun = events.flatMap((event) => (event.type === 'step-started' ? [event.step] : []));
  return {
    events,
    approvals: events.filter(({ type }) => type === 'approved').length,
    begunTwice: begun.filter((step, at) => begun.indexOf(step) !== at),
  };
}

/** Complaints about what was run for the newest change, and about a second approval. */
async function complaints(since: string): Promise<readonly unknown[]> {
  const { events, approvals, begunTwice } = await countsOf();
  const { world } = on.cluster;
  const acts = actsOf(world).filter(({ at }) => at >= since);
  const jobs = engineJobs(world).filter(({ at }) => at >= since);
  const judged = judgeCommands({ acts, jobs, events, steps: stepsIn(events), repeats: 0 });
  return [...judged, ...begunTwice, ...(approvals === 1 ? [] : [`${approvals} approvals`])];
}

describe('a backup by the commands of the page', { timeout: LIMIT_MS }, () => {
  it('of the bot brings back a change that waits, and a key whose mode was lost is named with the way out', async () => {
    const since = new Date().toISOString();
    await people.request('add node-2');
    const token = fileOf('bot', 'etc/registry-ha/slack-bot-token');
    writeFileSync(token, 'xoxb-1', { mode: 0o400 });
    // The user of the image, who has no name on this computer.
    if (isRoot) chownSync(token, 10_001, 10_001);
    follow('Backup', 'bot');
    const before = filesOf('bot');
    await on.services.bot.kill();
    destroy('bot');
    follow('Restore', 'bot');
    expect(filesOf('bot')).toEqual(before);
    const key = fileOf('bot', 'etc/registry-ha/approval.key');
    chmodSync(key, 0o644);
    const [, fix = ''] =
      /approval\.key: Other users can read this private key\. Run `(.*?)`\./.exec(await refusal('bot')) ?? [];
    expect(fix).toBe(`chmod 0600 ${key}`);
    execFileSync('sh', ['-c', fix]);
    await on.services.bot.start(signal);
    await people.approve();
    await people.until('done');
    expect(await complaints(since)).toEqual([]);
  });

  it('of the worker carries out a change that was approved before, after half a line and a lost mode', async () => {
    const since = new Date().toISOString();
    await people.request('remove node-2 --last');
    follow('Backup', 'worker');
    const before = filesOf('worker');
    expect(readFileSync(fileOf('worker', 'var/lib/registry-ha/known_hosts'), 'utf8')).toContain('registry-ha:node-2');
    await on.services.worker.kill();
    await people.approve();
    await people.until('approved');
    destroy('worker');
    follow('Restore', 'worker');
    expect(filesOf('worker')).toEqual(before);
    // As if it had been copied while a line was written.
    appendFileSync(journal().path, '{"seq":99,"prev":"0');
    const key = fileOf('worker', 'etc/registry-ha/worker.key');
    chmodSync(key, 0o644);
    expect(await refusal('worker')).toContain(`Other users can read this private key. Run \`chmod 0600 ${key}\`.`);
    chmodSync(key, 0o600);
    await on.services.worker.start(signal);
    await people.until('done');
    expect(await complaints(since)).toEqual([]);
    const hosts = before.find(([path]) => path.endsWith('/known_hosts'));
    expect(filesOf('worker').find(([path]) => path.endsWith('/known_hosts'))).toEqual(hosts);
    expect(readFileSync(`${journal().path}.torn-1`, 'utf8')).toBe('{"seq":99,"prev":"0');
  });
});

describe('a backup that is older than a new key', { timeout: LIMIT_MS }, () => {
  const rotated = (owner: Computer): string => newKeyPairFiles(owner, new Date()).publicText;

  it('of the worker: the card says what to compare, and shows the plan once the bot has the key', async () => {
    const trusted = fileOf('bot', 'etc/registry-ha/workers/lab/worker.pub');
    const kept = `${trusted}.kept`;
    copyFileSync(trusted, kept);
    writeFileSync(trusted, rotated('worker'));
    process.kill(on.services.bot.pid ?? 0, 'SIGHUP');
    await on.slack.command('alice', '/registry-ha add node-3');
    await says(
      /do not believe its record.*If you replaced a key, or restored a backup that has an older one, run `registry-ha doctor bot`/s,
    );
    copyFileSync(kept, trusted);
    process.kill(on.services.bot.pid ?? 0, 'SIGHUP');
    await says(/^Add a registry on node-3.*The plan is ready/m);
  });

  it('of the bot: the request is refused with the key and the way out, and an open plan keeps waiting', async () => {
    writeFileSync(fileOf('worker', 'etc/registry-ha/approval.pub'), rotated('bot'));
    await on.services.worker.kill();
    await on.services.worker.start(signal);
    await people.approve();
    await says(
      /The worker of lab does not trust this bot’s key [0-9a-f]{12}, so it would accept no approval\.\s+If the bot was restored from an older backup/,
    );
    expect((await people.newest())?.state).toBe('planned');
  });
});
