import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { check, examine, type Room } from '../../../src/app/doctor/check.ts';
import { archivesRoom, KUBE_RIGHTS, kubernetesRoom, saltRoom } from '../../../src/app/doctor/cluster.ts';
import { botHostRoom, workerHostRoom } from '../../../src/app/doctor/host.ts';
import { certificatesRoom, journalRoom, keysRoom, tracesRoom } from '../../../src/app/doctor/keeping.ts';
import { nodesRoom } from '../../../src/app/doctor/nodes.ts';
import { policyRoom } from '../../../src/app/doctor/policy.ts';
import { redisRoom } from '../../../src/app/doctor/redis.ts';
import { slackRoom } from '../../../src/app/doctor/slack.ts';
import { runningRoom, workersRoom } from '../../../src/app/doctor/workers.ts';
import type { Expiring } from '../../../src/domain/answers/expiry.ts';
import { PlainFailure, Unreachable } from '../../../src/domain/answers/failure.ts';
import type { DatedKey } from '../../../src/domain/answers/key-age.ts';
import { good } from '../../../src/domain/answers/verdict.ts';
import type { SeenWorker } from '../../../src/domain/cluster/worker-state.ts';
import type { SocketsSeen } from '../../../src/ports/cards.ts';
import type { Fitness, KubeRights } from '../../../src/ports/doctor/cluster.ts';
import type { Host, SystemSeen } from '../../../src/ports/doctor/host.ts';
import type { JournalHealth, SecretFile } from '../../../src/ports/doctor/keeping.ts';
import type { RedisFacts, RedisServer } from '../../../src/ports/doctor/redis.ts';
import type { SlackSays, SlackSite, TokenSeen } from '../../../src/ports/doctor/slack.ts';
import { doctorSays } from '../../../src/terminal/doctor.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { FakeGroups } from '../../fakes/fake-groups.ts';
import { facts } from '../../fixtures/facts.ts';
import { expectGolden } from '../../fixtures/golden.ts';
import { policyOf } from '../../fixtures/policy.ts';

const clock = new FakeClock();
const now = () => clock.now().getTime();
const unexpected: unknown[] = [];

async function says(process: 'bot' | 'worker', rooms: readonly Room[]): Promise<readonly string[]> {
  const onUnexpected = (error: unknown) => unexpected.push(error);
  const findings = await examine(rooms, { clock, onUnexpected }, new AbortController().signal);
  return doctorSays({ process, clusters: ['lab'], version: '1.2.3' }, findings).text.split('\n');
}

const GIGABYTE = 1_000_000_000;
const ROCKY: SystemSeen = { name: 'Rocky Linux 8.10 (Green Obsidian)', glibc: '2.28', systemd: 239 };
const NOTHING_SAID: SystemSeen = { name: null, glibc: null, systemd: null };
const host: Host = {
  ...{ platform: 'linux', arch: 'x64', node: '24.21.0' },
  system: async () => ROCKY,
  lacking: async () => [],
  unit: async () => ({ load: 'loaded', active: 'active', file: 'enabled' }),
  freeIn: async () => 20 * GIGABYTE,
};
const fit: Fitness = {
  ...{ is: 'open', fingerprint: 'SHA256:abc', isPinned: false, hasIsoinfo: true, portInUse: false, openFolder: null },
  space: [{ mountpoint: '/srv', available: 50 * GIGABYTE, needed: 4.5 * GIGABYTE }],
};
const redis: RedisFacts = { version: '7.0.15', bad: [], hidden: [], aheadMs: 4, latencyMs: 0.3, isTls: true };
const seen: SeenWorker = {
  ...{ heardAt: '2026-03-01T10:00:00.000Z', silentMs: 900, workerAheadMs: 12, trouble: null, nodes: null },
  who: { id: 'a', name: 'bootstrap (process 7)' },
  about: { version: '1.2.3', trusts: ['aaaaaaaaaaaa'] },
};

const RIGHT_SERVER: RedisServer = {
  look: async () => redis,
  rights: async () => ({ tried: 60, missing: [], excess: [] }),
};

const RIGHT_RIGHTS: KubeRights = { may: async () => ({ allowed: true, serverMs: now() }) };

const NOW = new Date('2026-11-22T10:00:00.000Z');
const madeOn = (name: string, day: string, isDated = true): DatedKey => ({ name, made: new Date(day), isDated });

/** What a worker's doctor sees, all well; a test spoils what it needs. */
const wellOfWorker = {
  host,
  health: async () => ({ is: 'ready' }) as const,
  seen: async (): Promise<SeenWorker | null> => seen,
  keys: {
    own: async () => 'bbbbbbbbbbbb',
    trusted: async () => ['aaaaaaaaaaaa'],
    secrets: async (): Promise<readonly SecretFile[]> => [{ path: '/etc/registry-ha/redis-password', mode: 0o600 }],
  },
  dated: [madeOn('aaaaaaaaaaaa', '2026-01-02'), madeOn('bbbbbbbbbbbb', '2025-11-22')],
  server: RIGHT_SERVER,
  expiring: async (): Promise<readonly Expiring[]> => [
    {
      part: 'redis-authority',
      what: 'The authority /etc/registry-ha/redis-ca.crt',
      at: new Date('2027-03-01T00:00:00Z'),
    },
  ],
  looks: { kube: async () => facts().kube, bootstrap: async () => facts().bootstrap },
  rights: RIGHT_RIGHTS,
  salt: { answering: async (names: readonly string[]) => names },
  fitness: async (): Promise<Fitness> => fit,
  journal: async (): ReturnType<JournalHealth['look']> => ({
    lines: 41,
    unsealedEnd: 0,
    unknownKeys: [],
    foreign: null,
  }),
  collector: async () => undefined,
};

function worker(spoilt: Partial<typeof wellOfWorker> = {}): readonly Room[] {
  const { looks, ...all } = { ...wellOfWorker, ...spoilt };
  return [
    workerHostRoom({ host: all.host, health: all.health }),
    runningRoom(all.seen, '1.2.3'),
    keysRoom({ ...all.keys, dated: async () => all.dated }, 'trusted bots', () => NOW),
    redisRoom(all.server),
    certificatesRoom({ 'files of Redis': all.expiring }, () => NOW),
    kubernetesRoom({ ...looks, rights: all.rights, now }),
    saltRoom(looks, all.salt),
    archivesRoom(looks),
    nodesRoom(looks, { fitness: all.fitness }),
    journalRoom({ host: all.host, journal: { look: all.journal }, stateFolder: '/var/lib/registry-ha' }),
    tracesRoom(all.collector),
  ];
}

describe('the doctor of a worker', () => {
  it('says that everything is good', async () => {
    expectGolden('doctor/worker-good', await says('worker', worker()));
  });

  it('says what is wrong, each with its fix', async () => {
    const spoilt = worker({
      host: {
        ...{ platform: 'linux', arch: 'arm64', node: '20.1.0' },
        system: async () => ({ ...ROCKY, systemd: 219 }),
        lacking: async () => ['flock'],
        unit: async () => ({ load: 'not-found', active: 'inactive', file: '' }),
        freeIn: async () => 3_000_000,
      },
      seen: async () => ({ ...seen, about: { version: '1.1.0', trusts: [] } }),
      keys: {
        own: async () => {
          const where = '/etc/registry-ha/worker.key';
          const next = `Run \`chmod 0600 ${where}\`.`;
          throw new PlainFailure('key-unusable', { where, what: 'Other users can read this private key.', next });
        },
        trusted: async () => ['aaaaaaaaaaaa'],
        secrets: async () => [
          { path: '/etc/registry-ha/redis-password', mode: 0o644 },
          { path: '/etc/registry-ha/otlp-headers', mode: 0o440 },
        ],
      },
      server: {
        look: async () => ({
          ...redis,
          version: '6.2.1',
          bad: ['Set appendonly yes.'],
          aheadMs: -90_000,
          latencyMs: 250,
        }),
        rights: async () => ({ tried: 60, missing: ['hset', 'xadd'], excess: ['delete all data'] }),
      },
      expiring: async () => [
        { part: 'redis-server', what: 'The certificate that Redis shows', at: new Date('2026-12-01T00:00:00Z') },
        {
          part: 'redis-client',
          what: 'The certificate /etc/registry-ha/redis.crt',
          at: new Date('2026-11-20T00:00:00Z'),
        },
      ],
      rights: { may: async () => ({ allowed: false, serverMs: now() + 3_600_000 }) },
      salt: { answering: async () => ['bootstrap', 'node-1'] },
      looks: {
        kube: async () => facts().kube,
        bootstrap: async () => ({
          ...facts().bootstrap,
          archives: [
            { is: 'bad', path: '/a.iso', listedIn: 'bootstrap.yaml', fault: 'missing', says: '/a.iso does not exist.' },
          ],
        }),
      },
      fitness: async () => ({
        ...fit,
        ...{ hasIsoinfo: false, portInUse: true, openFolder: { path: '/srv/releases', owner: 'centos', mode: '0775' } },
        space: [{ mountpoint: '/srv', available: GIGABYTE, needed: 4.5 * GIGABYTE }],
      }),
      journal: async () => ({ lines: 41, unsealedEnd: 40, unknownKeys: [], foreign: null }),
      collector: async () => {
        const where = 'the collector http://127.0.0.1:4318';
        const next = 'Check traces.otlp.';
        throw new PlainFailure('traces', { where, what: 'It cannot be reached (ECONNREFUSED).', next });
      },
    });
    expectGolden('doctor/worker-wrong', await says('worker', spoilt));
  });

  it('names the journal of another cluster, before the keys that it does not know', async () => {
    const journal = async () => ({ lines: 41, unsealedEnd: 0, unknownKeys: ['cccccccccccc'], foreign: 'prod-7f3k2q' });
    const lines = (await says('worker', worker({ journal }))).filter((line) => line.includes('chain'));
    expect(lines).toEqual([expect.stringMatching(/WRONG +chain +The journal has the change prod-7f3k2q, which is of/)]);
  });

  it('says what is unknown, and why: silence is never read as good', async () => {
    const down = () => Promise.reject(new Unreachable('the Kubernetes API', 'kubernetes', 'Connection refused.'));
    const spoilt = worker({
      host: { ...host, system: async () => NOTHING_SAID, unit: async () => null, freeIn: async () => null },
      seen: async () => null,
      server: { ...wellOfWorker.server, look: async () => ({ ...redis, hidden: ['appendonly'] }) },
      keys: { ...wellOfWorker.keys, secrets: async () => [{ path: '/etc/kubernetes/admin.conf', mode: null }] },
      dated: [madeOn('aaaaaaaaaaaa', '2026-01-02', false), madeOn('bbbbbbbbbbbb', '2025-11-22')],
      looks: { kube: down, bootstrap: down },
      expiring: down,
      rights: { may: async () => ({ allowed: true, serverMs: null }) },
    });
    expectGolden('doctor/worker-unknown', await says('worker', spoilt));
  });
});

const token: TokenSeen = {
  ...{ is: 'good', team: 'acme', bot: 'registry-ha', serverMs: clock.now().getTime() },
  scopes: ['commands', 'chat:write', 'channels:read', 'users:read', 'usergroups:read'],
};
const YES: SlackSays = { is: 'yes' };
const site: SlackSite = {
  token: async () => token,
  appToken: async () => YES,
  isIn: async () => YES,
  hasPerson: async () => YES,
};

interface GivenBot {
  readonly site?: SlackSite;
  readonly groups?: FakeGroups;
  readonly seen?: SeenWorker | 'unverified';
  readonly sockets?: SocketsSeen;
  readonly isSocket?: boolean;
}

const socketsOf = (connections: number, replicas: number): SocketsSeen => ({
  ...{ connections, replicas },
  at: '2026-03-01T09:59:00.000Z',
});

function bot(of: GivenBot = {}): readonly Room[] {
  const shown = of.site ?? site;
  const groups = of.groups ?? filled('U0BOB', 'U0CAROL');
  const rules = { requesters: { users: ['U0ALICE'], groups: [] }, approvers: { users: [], groups: ['S0OPS'] } };
  const policies = new Map([['lab', policyOf({ ...rules, approvals: 2 })]]);
  const shared = { token: () => shown.token(new AbortController().signal), site: shown, policies };
  const life = { seen: async () => of.seen ?? seen };
  return [
    slackRoom({
      ...shared,
      isSocket: of.isSocket ?? true,
      sockets: async () => of.sockets ?? null,
      channels: ['C0OPS'],
      now,
    }),
    policyRoom({ ...shared, groups }),
    workersRoom({ clusters: new Map([['lab', life]]), version: '1.2.3', ownKey: async () => 'aaaaaaaaaaaa' }),
  ];
}

function filled(...ids: readonly string[]): FakeGroups {
  const groups = new FakeGroups();
  groups.put('S0OPS', ...ids);
  return groups;
}

describe('the doctor of a bot', () => {
  it('says that everything is good', async () => {
    expectGolden('doctor/bot-good', await says('bot', bot({ sockets: socketsOf(4, 2) })));
  });

  it('names other bots with the same app token, and never guesses', async () => {
    const line = async (of: GivenBot) => (await says('bot', bot(of))).filter((one) => one.includes('other bots'));
    expect((await line({ sockets: socketsOf(5, 2) }))[0]).toMatch(
      /WRONG +other bots +Other bots use this app token: 5 connections, 2 replicas, at 2026-03-01 09:59 UTC/,
    );
    expect((await line({}))[0]).toMatch(/unknown +other bots +No bot has said/);
    expect(await line({ isSocket: false })).toEqual([]);
  });

  it('says what is wrong, each with its fix', async () => {
    const refused = async (code: string): Promise<SlackSays> => ({ is: 'no', code });
    const spoilt: SlackSite = {
      token: async () => ({ ...token, scopes: ['commands', 'channels:read', 'users:read'] }),
      appToken: () => refused('invalid_auth'),
      isIn: () => refused('not_in_channel'),
      hasPerson: () => refused('user_not_found'),
    };
    const older = {
      ...seen,
      trouble: 'The disk is full.',
      about: { version: '1.1.0', trusts: [] },
      workerAheadMs: -7_200_000,
    };
    expectGolden(
      'doctor/bot-wrong',
      await says('bot', bot({ site: spoilt, groups: filled('U0BOB'), seen: older, sockets: socketsOf(4, 1) })),
    );
  });

  it('says what is unknown, and why', async () => {
    const away: SlackSite = {
      token: async () => ({ is: 'silent', why: 'ECONNREFUSED' }),
      ...{ appToken: async () => ({ is: 'unknown', why: 'Slack: no answer' }) },
      isIn: site.isIn,
      hasPerson: site.hasPerson,
    };
    const groups = new FakeGroups();
    groups.hide('S0OPS', 'Slack does not answer');
    expectGolden('doctor/bot-unknown', await says('bot', bot({ site: away, groups, seen: { ...seen, about: null } })));
  });
});

describe('the computer of a process', () => {
  const lines = async (room: Room) => (await says('bot', [room])).filter((one) => /system|Fix/.test(one));
  const health = async () => ({ is: 'ready' }) as const;
  const of = (seen: Partial<SystemSeen>, changes: Partial<Host> = {}): Host => ({
    ...host,
    ...changes,
    system: async () => ({ ...ROCKY, ...seen }),
  });

  it('of a worker needs glibc 2.28 and systemd 239', async () => {
    const old = of({ name: 'CentOS Linux 7 (Core)', glibc: '2.17', systemd: 219 });
    const [system, fix, systemd] = await lines(workerHostRoom({ host: old, health }));
    expect(system).toContain('CentOS Linux 7 (Core), glibc 2.17. The worker needs glibc 2.28 or newer.');
    expect(fix).toContain('docs/install.md');
    expect(systemd).toContain('systemd 219 is too old for the unit: 239 or newer is required.');
    const newer = await lines(workerHostRoom({ host: of({ glibc: '3.1', systemd: 259 }), health }));
    expect(newer).toEqual([expect.stringMatching(/good +system/), expect.stringMatching(/good +systemd +systemd 259/)]);
  });

  it('of a bot needs systemd 251 for the bot’s unit, and none without it', async () => {
    const withUnit = await lines(botHostRoom({ host: of({ systemd: 239 }), health }));
    expect(withUnit[1]).toMatch(/WRONG +systemd +systemd 239 is too old for the unit: 251 or newer is required/);
    expect(await lines(botHostRoom({ host: of({ systemd: 251 }), health }))).toHaveLength(2);
    for (const unit of [null, { load: 'not-found', active: 'inactive', file: '' }]) {
      const without = await lines(botHostRoom({ host: of(NOTHING_SAID, { unit: async () => unit }), health }));
      expect(without).toEqual([expect.stringMatching(/good +system +Linux x64: of an unknown distribution/)]);
    }
  });
});

describe('a check', () => {
  it('without an answer is unknown at its limit, and does not keep the others', async () => {
    const forever = new Promise<never>(() => undefined);
    const room = {
      name: 'r',
      checks: async () => [check('slow', () => forever, good), check('quick', () => 'here', good)],
    };
    const found = examine([room], { clock, onUnexpected: () => undefined }, new AbortController().signal);
    await clock.advance(30_000);
    expect(await found).toEqual([
      { room: 'r', name: 'slow', is: 'unknown', says: 'There was no answer within 30 s.' },
      { room: 'r', name: 'quick', is: 'good', says: 'here' },
    ]);
  });

  it('with a defect is unknown, and shows the error beside the answer', async () => {
    const defect = new TypeError('no function');
    const room = { name: 'r', checks: async () => [check('c', () => Promise.reject(defect), good)] };
    const errors: unknown[] = [];
    const ports = { clock, onUnexpected: (error: unknown) => errors.push(error) };
    const [finding] = await examine([room], ports, new AbortController().signal);
    expect(finding?.is).toBe('unknown');
    expect(errors).toEqual([defect]);
  });
});

describe('the rights that are checked in Kubernetes', () => {
  it('are those of deploy/registry-ha-worker-rbac.yaml', () => {
    const list = z.array(z.string());
    const schema = z.looseObject({
      rules: z.array(z.object({ resources: list, verbs: list, resourceNames: list.optional() })).default([]),
    });
    const path = join(import.meta.dirname, '../../../deploy/registry-ha-worker-rbac.yaml');
    const rules = loadAll(readFileSync(path, 'utf8')).flatMap((one) => schema.parse(one).rules);
    const ofManifest = rules.flatMap(({ resources, verbs, resourceNames: [name] = [] }) =>
      resources.flatMap((resource) =>
        verbs.map((verb) => [verb, resource, ...(name === undefined ? [] : [name])].join(' ')),
      ),
    );
    const checked = KUBE_RIGHTS.map(({ verb, resource, name }) =>
      [verb, resource, ...(name === undefined ? [] : [name])].join(' '),
    );
    const ofPod = ['get', 'create'].map((verb) => `${verb} pods/exec salt-master-bootstrap`);
    expect([...checked, ...ofPod].toSorted()).toEqual(ofManifest.toSorted());
  });
});
