import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { approvalSigner } from '../../../src/adapters/keys/approvals.ts';
import { loadSigningKey } from '../../../src/adapters/keys/files.ts';
import { randomIds } from '../../../src/adapters/keys/ids.ts';
import { newKeyPair } from '../../../src/adapters/keys/pair.ts';
import { answering } from '../../../src/app/answer/answer-question.ts';
import { botUseCases } from '../../../src/app/ask/bot-use-cases.ts';
import { botConfig } from '../../../src/config/bot-config.ts';
import { fleetFiles } from '../../../src/config/fleet-files.ts';
import { isRefusal } from '../../../src/domain/answers/refusal.ts';
import { botProofs } from '../../../src/runtime/bot/proofs.ts';
import { botRecord } from '../../../src/runtime/bot/record.ts';
import { Reload } from '../../../src/runtime/bot/reload.ts';
import { type ServedCluster, ServedClusters } from '../../../src/runtime/bot/served-clusters.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { FakeGroups } from '../../fakes/fake-groups.ts';
import { PATIENT } from '../../fixtures/patience.ts';
import { type RedisServer, startRedis } from '../../fixtures/redis.ts';
import { removeFolder } from '../../harness/stage/own-folder.ts';

const env = { REGISTRY_HA_SLACK_BOT_TOKEN: 'xoxb-1', REGISTRY_HA_SLACK_APP_TOKEN: 'xapp-1' };
const [ALICE, DAVE] = [
  { id: 'U0ALICE', name: 'alice' },
  { id: 'U0DAVE', name: 'dave' },
];
const LOOK_MS = 10_000;

let folder: string;
let redis: RedisServer;
const at = (name: string) => join(folder, name);
const write = (name: string, text: string) => writeFileSync(at(name), text);

function keysOf(cluster: string): void {
  mkdirSync(at(`workers/${cluster}`), { recursive: true });
  write(`workers/${cluster}/worker.pub`, newKeyPair().publicKeyPem);
}

const cluster = (name: string, channel = `C0${name.toUpperCase().replace('-', '')}`) =>
  write(`clusters.d/${name}.yaml`, `name: ${name}\nchannels: [${channel}]\nworkerKeys: [${at(`workers/${name}`)}]\n`);

/**
 * Fills clusters.d as kubelet fills the mount of a ConfigMap: the files are links by way of ..data, which moves to a new folder at once
 * (kubernetes/pkg/volume/util/atomic_writer.go).
 */
function configMap(version: string, channels: Readonly<Record<string, string>>): void {
  const data = `clusters.d/..${version}`;
  mkdirSync(at(data));
  for (const [name, channel] of Object.entries(channels))
    write(`${data}/${name}.yaml`, `name: ${name}\nchannels: [${channel}]\nworkerKeys: [${at(`workers/${name}`)}]\n`);
  symlinkSync(`..${version}`, at('clusters.d/..data_tmp'));
  renameSync(at('clusters.d/..data_tmp'), at('clusters.d/..data'));
  for (const name of Object.keys(channels))
    if (!existsSync(at(`clusters.d/${name}.yaml`))) symlinkSync(`..data/${name}.yaml`, at(`clusters.d/${name}.yaml`));
  for (const file of readdirSync(at('clusters.d')).filter((one) => one.endsWith('.yaml')))
    if (!existsSync(at(`clusters.d/${file}`))) rmSync(at(`clusters.d/${file}`));
}

const policy = (requester = ALICE.id) =>
  write('policy.yaml', `defaults: { requesters: { users: [${requester}] }, approvers: { users: [U0BOB] } }\n`);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'registry-ha-reload-'));
  redis = await startRedis({ folder, appendonly: true });
});
afterAll(async () => {
  await redis?.close();
  await removeFolder(folder);
});

/** The bot without Slack: its files, its clusters in Redis, and what people may ask of them. */
async function openWorld() {
  const config = botConfig(at('bot.yaml'), env);
  const lines: { readonly level: string; readonly says: string; readonly fields: object }[] = [];
  const log = {
    debug: () => undefined,
    info: (fields: object, says: string) => void lines.push({ level: 'info', says, fields }),
    warn: (fields: object, says: string) => void lines.push({ level: 'warn', says, fields }),
    error: (fields: object, says: string) => void lines.push({ level: 'error', says, fields }),
  };
  const signing = loadSigningKey(config.approval.keyFile);
  const proofs = await botProofs(config, signing);
  const clusters = new Map<string, ServedCluster>();
  const record = botRecord(config, proofs, clusters, log);
  const served = new ServedClusters(clusters, record, new FakeGroups());
  await served.serve(config, proofs.clusters, true);
  const { fleet } = record;
  const ports = {
    clusters,
    fleet,
    cards: record.cards,
    clock: systemClock,
    ids: randomIds(),
    signer: approvalSigner(await signing),
  };
  const answers = answering({
    clusters,
    fleet,
    cards: record.cards,
    clock: systemClock,
    lacking: () => ({ off: [], closed: [] }),
  });
  const read: boolean[] = [];
  const clock = new FakeClock();
  const files = fleetFiles(at('bot.yaml'), env);
  const onRead = (isInForce: boolean) => void read.push(isInForce);
  const heard: string[] = [];
  const onChanged = () => void heard.push('changed');
  const reload = new Reload({ files, served, started: config, signing, clock, log, onRead, onChanged });
  const end = new AbortController();
  const watching = reload.watch(end.signal);
  return {
    ...{ served, record, reload, lines, read, heard },
    useCases: botUseCases(ports, answers),
    /** One look of the watch at the files, with what follows from it. */
    async look() {
      await vi.waitFor(() => expect(clock.sleeping).toBe(1), PATIENT);
      await clock.advance(LOOK_MS);
      await vi.waitFor(() => expect(clock.sleeping).toBe(1), PATIENT);
    },
    async close() {
      end.abort();
      await watching;
      await served.close();
      await record.close();
    },
  };
}

let world: Awaited<ReturnType<typeof openWorld>>;

beforeEach(async () => {
  rmSync(at('clusters.d'), { recursive: true, force: true });
  mkdirSync(at('clusters.d'));
  for (const name of ['lab', 'prod']) keysOf(name);
  const bot = newKeyPair();
  rmSync(at('approval.key'), { force: true });
  writeFileSync(at('approval.key'), bot.privateKeyPem, { mode: 0o600 });
  write(
    'bot.yaml',
    `redis: { url: ${redis.url} }\nclustersDir: clusters.d\napproval: { keyFile: ${at('approval.key')} }\n`,
  );
  cluster('lab');
  policy();
  world = await openWorld();
});
afterEach(() => world.close());

const request = (name: string, by = ALICE) =>
  world.useCases.request({ verb: 'add', cluster: name, nodes: ['node-2'] }, by, 'C0OPS', async () => ({
    channel: 'C0OPS',
    ts: '1.1',
  }));
const status = (name: string) =>
  world.useCases.answer(
    { is: 'question', question: 'status', ask: { cluster: name } },
    { by: ALICE, channel: 'C0OPS' },
  );
const names = () => [...world.served.clusters.keys()];

describe('a running bot', () => {
  it('has approvals checked at once when a policy has changed, and only then', async () => {
    await world.reload.now();
    cluster('prod');
    await world.reload.now();
    expect(world.heard).toEqual([]);
    policy(DAVE.id);
    await world.reload.now();
    expect(world.heard).toEqual(['changed']);
    write('policy.yaml', 'defaults: { requesters: broken');
    await world.reload.now();
    expect(world.heard).toEqual(['changed']);
  });

  it('serves a cluster whose file was added, once two looks have found the same', async () => {
    expect(await request('prod')).toMatchObject({ refused: 'unknown-cluster' });
    cluster('prod');
    await world.look();
    expect(names()).toEqual(['lab']);
    await world.look();
    expect(names()).toEqual(['lab', 'prod']);
    expect(world.lines.at(-1)).toEqual({
      level: 'info',
      says: 'The changed configuration is in force',
      fields: { added: ['prod'], removed: [], changed: [] },
    });
    const change = await request('prod');
    expect(change).toMatchObject({ state: 'requested' });
    if (isRefusal(change)) throw new Error(change.says);
    expect(await world.record.cards.place(change.id)).toEqual({ channel: 'C0OPS', ts: '1.1' });
    expect(await world.record.cards.behind()).toContain(change.id);
    expect(isRefusal(await status('prod'))).toBe(false);
    await world.look();
    expect(world.read).toEqual([true]);
  });

  it('follows the updates of a mounted ConfigMap: a cluster more, another channel, a cluster less', async () => {
    const changed = async (version: string, channels: Readonly<Record<string, string>>) => {
      configMap(version, channels);
      await world.look();
      await world.look();
      return world.lines.at(-1)?.fields;
    };
    rmSync(at('clusters.d/lab.yaml'));
    await changed('1', { lab: 'C0LAB' });
    expect(world.lines).toEqual([]);
    const [added, moved] = [
      { lab: 'C0LAB', prod: 'C0PROD' },
      { lab: 'C0LAB', prod: 'C0OTHER' },
    ];
    expect(await changed('2', added)).toEqual({ added: ['prod'], removed: [], changed: [] });
    expect(await changed('3', moved)).toEqual({ added: [], removed: [], changed: ['prod'] });
    expect(world.served.clusters.get('prod')?.channels).toEqual(['C0OTHER']);
    // Other tests leave open changes of prod, of which a second line warns.
    expect(await changed('4', { lab: 'C0LAB' })).toMatchObject({ removed: ['prod'] });
    expect(new Set(world.read)).toEqual(new Set([true]));
  });

  it('no longer serves a cluster whose file is gone, and says so also in its channel', async () => {
    cluster('prod');
    await world.reload.now();
    const change = await request('prod');
    world.lines.length = 0;
    rmSync(at('clusters.d/prod.yaml'));
    await world.reload.now();
    expect(names()).toEqual(['lab']);
    expect(world.lines.map(({ level, fields }) => ({ level, ...fields }))).toEqual([
      { level: 'info', added: [], removed: ['prod'], changed: [] },
      { level: 'warn', removed: ['prod'], open: expect.arrayContaining([isRefusal(change) ? '' : change.id]) },
    ]);
    expect(await request('prod')).toMatchObject({
      refused: 'unknown-cluster',
      says: 'The bot serves no cluster prod.',
      tryNext: 'Clusters: lab.',
    });
    expect(await status('prod')).toMatchObject({ refused: 'unknown-cluster' });
    expect(world.served.formerOf('C0PROD')).toBe('prod');
    expect(await world.record.cards.behind()).not.toContain(isRefusal(change) ? '' : change.id);
    cluster('lab', 'C0PROD');
    await world.reload.now();
    expect(world.served.formerOf('C0PROD')).toBe(null);
  });

  it('decides by a changed policy from the next decision on, with the same queue', async () => {
    const { queue } = world.served.clusters.get('lab') ?? {};
    expect(isRefusal(await request('lab', DAVE))).toBe(true);
    policy(DAVE.id);
    await world.look();
    await world.look();
    expect(isRefusal(await request('lab', DAVE))).toBe(false);
    expect(isRefusal(await request('lab', ALICE))).toBe(true);
    expect(world.lines.at(-1)?.fields).toEqual({ added: [], removed: [], changed: ['lab'] });
    expect(world.served.clusters.get('lab')?.queue).toBe(queue);
  });

  it('keeps everything when a file has a mistake, and says all mistakes of all files in one line, once', async () => {
    cluster('prod');
    write('clusters.d/bad.yaml', 'nam: lab\n');
    write('policy.yaml', 'defaults: { approvals: many }\n');
    for (let look = 0; look < 4; look += 1) await world.look();
    expect(names()).toEqual(['lab']);
    expect(isRefusal(await request('lab'))).toBe(false);
    expect(world.lines).toEqual([
      {
        level: 'error',
        says: 'The changed configuration is refused; the bot continues with the one before',
        fields: {
          mistakes: [
            `Invalid configuration ${at('clusters.d/bad.yaml')}:`,
            '  - name: missing; write text.',
            '  - the whole file: unknown key “nam”. Did you mean “name”?',
            `Invalid configuration ${at('policy.yaml')}:`,
            '  - clusters: name at least one cluster, or write defaults with approvers.',
            '  - defaults.approvals: write a whole number.',
          ],
        },
      },
    ]);
    expect(new Set(world.read)).toEqual(new Set([false]));
    rmSync(at('clusters.d/bad.yaml'));
    policy();
    await world.look();
    await world.look();
    expect(names()).toEqual(['lab', 'prod']);
    expect(world.read.at(-1)).toBe(true);
  });

  it('tries again what was refused for another reason than the files: the key of a worker came later', async () => {
    rmSync(at('workers/prod'), { recursive: true });
    cluster('prod');
    await world.look();
    await world.look();
    expect(names()).toEqual(['lab']);
    expect(world.lines).toEqual([
      {
        level: 'error',
        says: expect.any(String),
        fields: { mistakes: [expect.stringMatching(/workers\/prod: The key file cannot be opened: ENOENT/)] },
      },
    ]);
    keysOf('prod');
    await world.look();
    expect(names()).toEqual(['lab', 'prod']);
  });

  it('trusts the keys of a worker anew on SIGHUP, and forgets what it has checked with the former ones', async () => {
    const before = world.served.clusters.get('lab');
    keysOf('lab');
    await world.look();
    await world.look();
    expect(world.served.clusters.get('lab')).toBe(before);
    await world.reload.now();
    expect(world.served.clusters.get('lab')?.trusts).not.toBe(before?.trusts);
    expect(world.lines.at(-1)?.fields).toEqual({ added: [], removed: [], changed: ['lab'] });
    expect(isRefusal(await request('lab'))).toBe(false);
  });

  it('refuses a cluster whose keys in Redis it may not read, and names the way out', async () => {
    await world.close();
    const admin = new Redis(redis.url);
    const acl = (...rule: readonly string[]) =>
      admin.call('acl', 'setuser', 'half', 'on', '>half', '&*', '+@all', ...rule);
    await acl('resetkeys', '~mk8s:lab:*');
    write(
      'bot.yaml',
      `redis: { url: ${redis.url.replace('redis://', 'redis://half:half@')} }\nclustersDir: clusters.d\napproval: { keyFile: ${at('approval.key')} }\n`,
    );
    world = await openWorld();
    cluster('prod');
    await world.reload.now();
    expect(names()).toEqual(['lab']);
    expect(JSON.stringify(world.lines)).toContain('registry-ha redis acl');
    await acl('~mk8s:prod:*');
    admin.disconnect();
    await world.look();
    await world.look();
    expect(names()).toEqual(['lab', 'prod']);
  });

  it('names the keys that need a restart', async () => {
    write(
      'bot.yaml',
      `redis: { url: ${redis.url} }\nclustersDir: clusters.d\napproval: { keyFile: ${at('approval.key')} }\nhealth: { port: 1 }\nlog: { level: debug }\n`,
    );
    await world.reload.now();
    await world.reload.now();
    expect(world.lines).toEqual([
      {
        level: 'warn',
        says: 'These keys of the changed configuration need a restart of the bot',
        fields: { keys: ['health', 'log'] },
      },
    ]);
  });
});
