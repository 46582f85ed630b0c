import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSigningKey, loadTrustedKeys } from '../../src/adapters/keys/files.ts';
import { keyName, newKeyPair } from '../../src/adapters/keys/pair.ts';
import { listKeys, newKeys, retireKeys } from '../../src/commands/keys.ts';
import { botConfig } from '../../src/config/bot-config.ts';
import { workerConfig } from '../../src/config/worker-config.ts';
import { SeveralFailed } from '../../src/domain/answers/failure.ts';
import { botProofs } from '../../src/runtime/bot/proofs.ts';
import { workerProofs } from '../../src/runtime/worker/proofs.ts';
import { needsRoot } from '../fixtures/needs.ts';
import { people, policyOf } from '../fixtures/policy.ts';
import { removeFolder } from '../harness/stage/own-folder.ts';

const NOW = new Date('2026-11-22T10:00:00.000Z');
const LATER = new Date('2026-11-25T12:00:00.000Z');

describe('registry-ha keys', () => {
  let folder: string;
  const at = (...names: readonly string[]) => join(folder, ...names);
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'registry-ha-keys-'));
  });
  afterEach(() => removeFolder(folder));

  async function printed(run: (print: (line: string) => void) => Promise<number>) {
    const lines: string[] = [];
    const code = await run((line) => lines.push(line));
    return { code, lines, text: lines.join('\n') };
  }
  const made = (owner: 'bot' | 'worker', where: string) => printed((print) => newKeys(owner, where, NOW, print));

  /** The files of an installation: two bot keys that the worker trusts in a folder, and the worker's own. */
  async function installed() {
    await made('bot', at('bot'));
    await made('bot', at('new-bot'));
    await made('worker', at('worker'));
    await mkdir(at('trusted'));
    await writeFile(at('trusted', 'one.pub'), await readFile(at('bot', 'approval.pub')));
    await writeFile(at('trusted', 'two.pub'), await readFile(at('new-bot', 'approval.pub')));
    await writeFile(
      at('bot.yaml'),
      dump({
        redis: { url: 'redis://127.0.0.1:6379' },
        clusters: [{ name: 'lab', workerKeys: [at('worker', 'worker.pub')] }],
        policyFile: at('policy.yaml'),
        approval: { keyFile: at('new-bot', 'approval.key'), formerKeys: [at('bot', 'approval.pub')] },
      }),
    );
    await writeFile(at('policy.yaml'), dump({ clusters: { lab: { approvers: { users: ['U0BOB', 'U0EVE'] } } } }));
    await writeFile(
      at('worker.yaml'),
      dump({
        cluster: 'lab',
        redis: { url: 'redis://127.0.0.1:6379' },
        keyFile: at('worker', 'worker.key'),
        trustedKeys: [at('trusted')],
      }),
    );
    const name = async (path: string) => keyName(await readFile(path, 'utf8'));
    return { bot: await name(at('trusted', 'one.pub')), newBot: await name(at('trusted', 'two.pub')) };
  }
  const secrets = { REGISTRY_HA_SLACK_BOT_TOKEN: 'x', REGISTRY_HA_SLACK_APP_TOKEN: 'x' };
  const botStart = async () => {
    const config = botConfig(at('bot.yaml'), secrets);
    return await botProofs(config, await loadSigningKey(config.approval.keyFile));
  };
  const example = (name: string) => join(import.meta.dirname, '../../examples', name);
  const workerStart = () => workerProofs(workerConfig(at('worker.yaml'), {}));

  it('says every wrong key of a start at once', async () => {
    const policies = new Map([['lab', policyOf({ approvers: people('U0BOB') })]]);
    const lab = { name: 'lab', channels: [], workerKeys: [at('no-worker.pub')] };
    const approval = { keyFile: at('no.key'), formerKeys: [at('no-former.pub')] };
    const config = { ...botConfig(example('bot.yaml'), secrets), policies, clusters: [lab], approval };
    const ofBot = await botProofs(config, loadSigningKey(approval.keyFile)).catch((error: unknown) => error);
    expect(ofBot).toBeInstanceOf(SeveralFailed);
    expect(String(ofBot)).toMatch(/no\.key.*no-former\.pub.*no-worker\.pub/);
    const worker = { ...workerConfig(example('worker.yaml'), {}), keyFile: at('no.key'), trustedKeys: [at('no.pub')] };
    await expect(workerProofs(worker)).rejects.toThrow(/no\.key.*no\.pub/);
  });

  it('writes a key pair, with a private key only for its owner, and never overwrites one', async () => {
    for (const [owner, file] of [
      ['bot', 'approval'],
      ['worker', 'worker'],
    ] as const) {
      expect((await made(owner, folder)).code).toBe(0);
      expect((await stat(at(`${file}.key`))).mode & 0o777).toBe(0o600);
      const before = await readFile(at(`${file}.key`), 'utf8');
      expect(await made(owner, folder)).toMatchObject({ code: 1, text: expect.stringContaining('was not changed') });
      expect(await readFile(at(`${file}.key`), 'utf8')).toBe(before);
    }
  });

  it('lists name, age and purpose of each key in a folder or a configuration', async () => {
    const { bot, newBot } = await installed();
    const byFolder = await printed((print) => listKeys({ folder: at('trusted') }, LATER, print));
    expect(byFolder.lines[0]).toBe(
      `${bot}  2026-11-22 (3 days)  bot: trusted by every process that is configured with this folder  ${at('trusted', 'one.pub')}`,
    );
    const byConfig = { bot: at('bot.yaml'), worker: at('worker.yaml') };
    const { lines, code } = await printed((print) => listKeys(byConfig, LATER, print));
    expect(code).toBe(0);
    expect(lines.map((line) => line.split('  ')[2])).toEqual([
      'signing key of this bot; trusted by workers with its public key in trustedKeys',
      'former key of this bot; its entries are still accepted',
      'trusted by this bot as the worker of lab',
      'signing key of the worker of lab; trusted by bots with its public key in workerKeys',
      'trusted by the worker of lab; its approvals are accepted',
      'trusted by the worker of lab; its approvals are accepted',
    ]);
    expect(lines[0]).toContain(newBot);
    const nowhere = await printed((print) => listKeys({}, LATER, print));
    expect(nowhere).toMatchObject({ code: 1, text: expect.stringContaining('Name the keys to list') });
    await mkdir(at('empty'));
    const empty = await printed((print) => listKeys({ folder: at('empty') }, LATER, print));
    expect(empty).toMatchObject({
      code: 1,
      text: expect.stringContaining(`No key files (*.key, *.pub) in ${at('empty')}`),
    });
    expect(empty.text).not.toContain('Name the keys');
  });

  it('lists the date of its file, with “or before”, for a key that does not say when it was made', async () => {
    await mkdir(at('foreign'));
    await writeFile(at('foreign', 'approval.pub'), newKeyPair().publicKeyPem);
    await utimes(at('foreign', 'approval.pub'), NOW, NOW);
    const { text } = await printed((print) => listKeys({ folder: at('foreign') }, LATER, print));
    expect(text).toContain('  2026-11-22 or before (3 days or more)  unknown: ');
  });

  it('moves a key out of a trust folder, prints the consequences, and warns of the last key', async () => {
    const { bot, newBot } = await installed();
    expect((await loadTrustedKeys([at('trusted')])).map(({ name }) => name)).toEqual([bot, newBot]);
    const first = await printed((print) => retireKeys(bot.slice(0, 6), at('trusted'), print));
    expect(first).toMatchObject({ code: 0, text: expect.stringContaining('trust it until they restart') });
    expect(first.text).toContain('workers reject approvals signed with this key');
    expect((await loadTrustedKeys([at('trusted')])).map(({ name }) => name)).toEqual([newBot]);
    expect(await readdir(at('trusted', 'retired'))).toEqual([`${bot}-one.pub`]);
    expect((await printed((print) => retireKeys(bot, at('trusted'), print))).code).toBe(1);
    expect((await printed((print) => retireKeys('', at('trusted'), print))).code).toBe(1);
    const last = await printed((print) => retireKeys(newBot, at('trusted'), print));
    expect(last.text).toContain('will not start again');
    await expect(workerStart()).rejects.toThrow(/The folder has no public key/);
  });

  it('starts bot and worker with the new keys; each accepts what the other signs', async () => {
    await installed();
    const [proofs, worker] = [await botStart(), await workerStart()];
    const entry = { change: 'lab-abc234', position: 4, event: { type: 'started', at: NOW.toISOString() } } as const;
    expect(proofs.clusters.get('lab')?.entries.isProven(entry, worker.entries.sign(entry))).toBe(true);
    expect(proofs.clusters.get('lab')?.entries.isProven({ ...entry, position: 5 }, worker.entries.sign(entry))).toBe(
      false,
    );
    const beat = { at: 1, trouble: null, cluster: 'lab' };
    expect(proofs.clusters.get('lab')?.heartbeat.isProven(beat, worker.heartbeat.sign(beat))).toBe(true);
    expect(proofs.clusters.get('lab')?.heartbeat.isProven(beat, proofs.cards.sign(beat))).toBe(false);
    const place = { channel: 'C0OPS', ts: '1.2', change: 'lab-abc234' };
    expect(worker.cards.isProven(place, proofs.cards.sign(place))).toBe(true);
    expect(worker.cards.isProven(place, worker.cards.sign(place))).toBe(false);
  });

  it.each([
    ['a private key that others can read', () => chmod(at('worker', 'worker.key'), 0o644), /chmod 0600/],
    ['a trusted key that others can change', () => chmod(at('trusted', 'one.pub'), 0o666), /chmod go-w/],
    ['a folder of trusted keys that others can change', () => chmod(at('trusted'), 0o777), /chmod go-w/],
    ['a folder around a key that others can change', () => chmod(at('worker'), 0o777), /chmod go-w/],
    ['a worker without its key', () => rm(at('worker', 'worker.key')), /keys new/],
    ['no trusted key', () => removeFolder(at('trusted')), /keys new/],
    ['a trusted key that is none', () => writeFile(at('trusted', 'three.pub'), 'hello'), /keys new/],
  ])('stops the start with an explanation: %s', async (_what, spoil, next) => {
    await installed();
    await spoil();
    const failures = await Promise.all([botStart(), workerStart()].map((start) => start.catch((error) => error)));
    const nexts = failures.flatMap((failure) => (failure instanceof Error && 'next' in failure ? [failure.next] : []));
    expect(nexts.join()).toMatch(next);
  });

  needsRoot('to give a file away')('stops the start when a key or a folder belongs to another user', async () => {
    await installed();
    await chown(at('trusted', 'one.pub'), 4242, 4242);
    await expect(workerStart()).rejects.toThrow(/belongs to user 4242/);
    await chown(at('trusted', 'one.pub'), 0, 0);
    await chown(at('trusted'), 4242, 4242);
    await expect(workerStart()).rejects.toThrow(/belongs to user 4242/);
    await chown(at('trusted'), 0, 0);
    await chown(at('worker', 'worker.key'), 4242, 4242);
    await expect(workerStart()).rejects.toThrow(/belongs to user 4242/);
  });

  it('gives the bot the name of its key, for workers to say whether they trust it', async () => {
    await installed();
    const { name } = await loadSigningKey(botConfig(at('bot.yaml'), secrets).approval.keyFile);
    expect((await botStart()).clusters.get('lab')?.botKey).toBe(name);
  });

  it('stops a bot that trusts one key for two clusters, or for a worker and itself', async () => {
    await installed();
    const config = botConfig(at('bot.yaml'), secrets);
    const own = await loadSigningKey(config.approval.keyFile);
    const [lab] = config.clusters;
    if (lab === undefined) throw new Error('there is a cluster');
    await expect(botProofs({ ...config, clusters: [lab, { ...lab, name: 'prod' }] }, own)).rejects.toThrow(/of lab/);
    const asWorker = { ...lab, workerKeys: [at('bot', 'approval.pub')] };
    await expect(botProofs({ ...config, clusters: [asWorker] }, own)).rejects.toThrow(/of a bot/);
  });
});
