import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { policyCommand } from '../../src/commands/policy.ts';
import { botConfig } from '../../src/config/bot-config.ts';
import { readPolicies } from '../../src/config/policy-config.ts';
import { policyJsonSchema } from '../../src/config/policy-file.ts';
import { WrongConfig } from '../../src/config/read-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'registry-ha-policy-'));
afterAll(() => rmSync(folder, { recursive: true }));
const example = (name: string) => join(import.meta.dirname, '../../examples', name);

function file(text: string, name = 'policy.yaml'): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function mistakesIn(text: string): string {
  try {
    readPolicies(file(text));
    return '';
  } catch (error) {
    if (error instanceof WrongConfig) return error.mistakes.join('\n');
    throw error;
  }
}

const NOW = new Date('2026-11-27T10:00:00.000Z');

function printed(...args: [string, string?]) {
  const lines: string[] = [];
  return { code: policyCommand(args[0], args[1], NOW, (line) => lines.push(line)), text: lines.join('\n') };
}

describe('the policy file', () => {
  it('works as the example shows it; a verb takes the rules of its cluster but for what it says itself', () => {
    const lab = readPolicies(example('policy.yaml')).named.get('lab');
    expect(lab?.verbs.add).toMatchObject({ approvals: 1, requesterCounts: false, planLivesMs: 3_600_000 });
    expect(lab?.verbs.undo).toEqual({ ...lab?.verbs.add, approvals: 2 });
    expect(lab?.holds.lock.requesters.users).toEqual(['U0123ALICE']);
    expect(lab?.holds.freeze.requesters.users).toEqual(['U0123ALICE', 'U0123DAVE']);
  });

  it('has safe defaults: one approval by another person, every channel of the bot, one hour', () => {
    const lab = readPolicies(file('clusters: { lab: { approvers: { users: [U0BOB, U0EVE] } } }')).named.get('lab');
    expect(lab?.verbs.add).toEqual({
      channels: null,
      requesters: { users: [], groups: [] },
      approvers: { users: ['U0BOB', 'U0EVE'], groups: [] },
      approvals: 1,
      requesterCounts: false,
      planLivesMs: 3_600_000,
      approvalLivesMs: 3_600_000,
      windows: [],
    });
  });

  it('says of a freeze that is over that it stops nothing: most often its year is wrong', () => {
    const freeze = (from: string, to: string) => `{ from: "${from}", to: "${to}", reason: year end }`;
    const [past, next] = [
      freeze('2025-12-20T00:00:00Z', '2026-01-04T00:00:00Z'),
      freeze('2026-12-20T00:00:00Z', '2027-01-04T00:00:00Z'),
    ];
    const rules = `clusters: { lab: { approvers: { users: [U0BOB, U0EVE] }, freezes: [${past}, ${next}] } }`;
    const { code, text } = printed('check', file(rules));
    expect(code).toBe(0);
    expect(text).toContain(
      '  This freeze is over and stops nothing: frozen from 2025-12-20 00:00 UTC until 2026-01-04 00:00 UTC: “year end”. Remove it, or correct its year.',
    );
    expect(text).toContain('  No change may start: frozen from 2026-12-20 00:00 UTC');
  });

  it('is described for editors by the schema beside the example', () => {
    expect(JSON.parse(readFileSync(example('policy.schema.json'), 'utf8'))).toEqual(policyJsonSchema());
    expect(JSON.parse(printed('schema').text)).toEqual(policyJsonSchema());
  });

  const NEVER = /but only the approver may request changes.*No change could be approved\. Name one more approver, or a/;
  const one = (rules: string) => `clusters: { lab: { approvers: { users: [U0BOB] }, ${rules} } }`;
  it.each([
    ['an unknown key', one('aproval: 2'), /clusters\.lab: unknown key “aproval”\. Did you mean “approvals”\?/],
    ['an unknown verb', one('verbs: { deploy: {} }'), /unknown key “deploy”/],
    ['no approvers', 'clusters: { lab: { requesters: { users: [U0BOB] } } }', /approvers: name people/],
    ['an empty list of approvers', 'clusters: { lab: { approvers: {} } }', /name at least one user or group/],
    [
      'more approvals than approvers',
      one('approvals: 2'),
      /2 approvals are needed for add, but only 1 approver is named.*Name more/,
    ],
    ['one approver, who alone may request changes', 'clusters: { lab: { approvers: { users: [U0BOB] } } }', NEVER],
    ['one approver, who is the only requester', one('requesters: { users: [U0BOB] }'), NEVER],
    ['the same for a single verb', one('requesters: { users: [U0EVE] }, verbs: { undo: { requesters: {} } }'), NEVER],
    [
      'as many approvals as approvers, one of whom is the requester',
      'clusters: { lab: { approvers: { users: [U0BOB, U0EVE] }, approvals: 2 } }',
      /only the 2 approvers may request changes, and the requester’s own approval does not count/,
    ],
    ['a name instead of an ID', one('requesters: { users: [bob] }'), /users\.0: a user ID starts with U or W/],
    ['a group where a user is meant', one('requesters: { users: [S0OPS] }'), /users\.0: a user ID/],
    ['a channel by name', one('channels: ["#ops"]'), /channels\.0: a channel ID starts with C or G/],
    ['no channel at all', one('channels: []'), /name a channel, or remove the key/],
    [
      'a time without quotes that YAML reads as a number',
      one('windows: [{ days: [mon], from: 900, to: "17:00", zone: UTC }]'),
      /HH:MM/,
    ],
    [
      'an unknown time zone',
      one('windows: [{ days: [mon], from: "09:00", to: "17:00", zone: Mars }]'),
      /unknown time zone/,
    ],
    [
      'a window that is too short',
      one('windows: [{ days: [mon], from: "09:00", to: "09:10", zone: UTC }]'),
      /at least 15 minutes/,
    ],
    [
      'a window of no length',
      one('windows: [{ days: [mon], from: "09:00", to: "09:00", zone: UTC }]'),
      /whole day write/,
    ],
    [
      'a freeze without an offset',
      one('freezes: [{ from: 2026-12-20, to: 2027-01-04, reason: x }]'),
      /time with its UTC offset/,
    ],
    [
      'a freeze that ends first',
      one('freezes: [{ from: "2027-01-04T00:00:00Z", to: "2026-12-20T00:00:00Z", reason: x }]'),
      /end must be later/,
    ],
    [
      'a daily check without a channel',
      one('requesterCounts: true, dailyCheck: { at: "07:30", zone: UTC }'),
      /dailyCheck: there is no channel.*Add alerts/,
    ],
    ['a daily check without a zone', one('dailyCheck: { at: "07:30" }'), /dailyCheck\.zone/],
    ['engines in another order', one('apply: { engines: slowly }'), /write one of all, rolling/],
    ['windows for a freeze', one('verbs: { freeze: { windows: [] } }'), /unknown key “windows”\. Known: channels/],
    ['plans that live for days', one('planLivesMinutes: 10000'), /at most 1440/],
    ['a file without clusters', 'clusters: {}', /name at least one cluster/],
    ['an empty file', '', /input is empty.*Start from examples/],
    ['no YAML', 'a: [1', /examples\/policy\.yaml/],
  ])('reports the mistake and its fix: %s', (_, text, expected) => {
    expect(mistakesIn(text)).toMatch(expected);
  });

  it.each([
    ['another person may request changes', one('requesters: { users: [U0BOB, U0EVE] }')],
    ['a group may request changes, because it may have other members', one('requesters: { groups: [S0OPS] }')],
    ['a group approves', 'clusters: { lab: { approvers: { groups: [S0OPS] }, approvals: 3 } }'],
    ['the requester’s own approval counts', one('requesterCounts: true')],
  ])('lets the bot start with one approver when %s', (_, text) => {
    expect(mistakesIn(text)).toBe('');
  });

  it('must name the same clusters as the bot’s configuration', () => {
    const env = { REGISTRY_HA_SLACK_BOT_TOKEN: 'xoxb-1', REGISTRY_HA_SLACK_APP_TOKEN: 'xapp-1' };
    const bot = file('redis: { url: redis://h:1 }\nclusters: [{ name: lab }]\n', 'bot.yaml');
    file('clusters: { lap: { approvers: { users: [U0BOB, U0EVE] } } }');
    expect(() => botConfig(bot, env)).toThrow(/clusters\.lab: missing[\s\S]*clusters\.lap: .*Did you mean “lab”/);
    const other = file('clusters: { lab: { approvers: { users: [U0BOB, U0EVE] } } }', 'other.yaml');
    expect(botConfig(bot, { ...env, REGISTRY_HA_POLICY_FILE: other }).policies.has('lab')).toBe(true);
  });
});

const TWO = 'approvers: { users: [U0BOB, U0EVE] }';

describe('the policy of many clusters', () => {
  const policies = (text: string) => readPolicies(file(text));

  it('is written once: defaults, then the cluster’s group, then the cluster itself, key by key', () => {
    const { named, others } = policies(
      [
        `defaults: { ${TWO}, channels: [C0OPS], approvals: 2, requesterCounts: true, verbs: { remove: { planLivesMinutes: 5 } } }`,
        'clusterGroups: { labs: { clusters: [lab-1, lab-2], approvals: 1, verbs: { undo: { planLivesMinutes: 7 } } } }',
        'clusters: { lab-2: { channels: [C0LAB], verbs: { remove: { approvals: 2 } } }, prod: { planLivesMinutes: 9, verbs: { remove: { planLivesMinutes: 8 } } } }',
      ].join('\n'),
    );
    expect([...named.keys()]).toEqual(['lab-1', 'lab-2', 'prod']);
    expect(named.get('lab-1')?.verbs.add).toMatchObject({ approvals: 1, channels: ['C0OPS'], planLivesMs: 3_600_000 });
    expect(named.get('lab-2')?.verbs.add).toMatchObject({ approvals: 1, channels: ['C0LAB'] });
    expect(named.get('lab-2')?.verbs.remove).toMatchObject({ approvals: 2, planLivesMs: 300_000 });
    expect(named.get('lab-2')?.verbs.undo).toMatchObject({ approvals: 1, planLivesMs: 420_000 });
    expect(named.get('prod')?.verbs.add).toMatchObject({ approvals: 2, planLivesMs: 540_000 });
    expect(others?.verbs.add).toMatchObject({ approvals: 2, planLivesMs: 3_600_000 });
  });

  it('keeps a freeze of all clusters where one of them has its own', () => {
    const freeze = (reason: string) =>
      `{ from: "2026-12-20T00:00:00Z", to: "2027-01-04T00:00:00Z", reason: ${reason} }`;
    const { named } = policies(
      `defaults: { ${TWO}, freezes: [${freeze('year end')}] }\nclusters: { lab: { freezes: [${freeze('move')}] } }`,
    );
    expect(named.get('lab')?.freezes.map(({ reason }) => reason)).toEqual(['year end', 'move']);
  });

  it.each([
    [
      'a cluster in two groups',
      `clusterGroups: { a: { clusters: [lab], ${TWO} }, b: { clusters: [lab], ${TWO} } }`,
      'clusterGroups.b.clusters: lab is in clusterGroups.a, too. Remove one of them.',
    ],
    [
      'a group without approvers',
      'clusterGroups: { a: { clusters: [lab, two] } }',
      'clusterGroups.a.approvers: name people who may approve, here or in defaults: { users: [U…], groups: [S…] }.',
    ],
    [
      'a group without clusters',
      `clusterGroups: { a: { clusters: [], ${TWO} } }`,
      'clusterGroups.a.clusters: name the clusters of this group.',
    ],
    [
      'defaults without approvers, for a cluster without',
      'defaults: { approvals: 2 }\nclusters: { lab: {} }',
      'clusters.lab.approvers: name people who may approve, here or in defaults: { users: [U…], groups: [S…] }.',
    ],
    [
      'defaults alone, without approvers',
      'defaults: {}',
      'clusters: name at least one cluster, or write defaults with approvers.',
    ],
    [
      'a rule of a cluster, where the defaults have another one for a verb',
      `defaults: { ${TWO}, verbs: { remove: { approvals: 1 } } }\nclusters: { lab: { approvals: 2, requesterCounts: true } }`,
      'clusters.lab.approvals: the defaults, or its group, have approvals for remove. Write clusters.lab.verbs.remove.approvals, too, to say which counts.',
    ],
    [
      'a contradiction of two layers',
      `defaults: { ${TWO}, approvals: 3 }\nclusters: { lab: { approvers: { groups: [S0OPS] } } }`,
      ['add', 'remove', 'sync', 'drill', 'undo']
        .map(
          (verb) =>
            `defaults.approvals: 3 approvals are needed for ${verb}, but only 2 approvers are named. No change could be approved. Name more approvers, or require fewer approvals.`,
        )
        .join('\n'),
    ],
  ])('reports the mistake and its fix: %s', (_, text, says) => {
    expect(mistakesIn(text)).toBe(says);
  });

  const env = { REGISTRY_HA_SLACK_BOT_TOKEN: 'xoxb-1', REGISTRY_HA_SLACK_APP_TOKEN: 'xapp-1' };
  const bot = () => file('redis: { url: redis://h:1 }\nclusters: [{ name: lab }, { name: lab-2 }]\n', 'bot.yaml');

  it('takes the defaults for a cluster that it does not name, and refuses a name that the bot does not serve', () => {
    file(`defaults: { ${TWO}, approvals: 1 }\nclusters: { lab: { planLivesMinutes: 5 } }`);
    const { policies: read } = botConfig(bot(), env);
    expect([...read.keys()]).toEqual(['lab', 'lab-2']);
    expect(read.get('lab')?.verbs.add.planLivesMs).toBe(300_000);
    expect(read.get('lab-2')?.verbs.add.planLivesMs).toBe(3_600_000);
    file(`defaults: { ${TWO} }\nclusterGroups: { labs: { clusters: [lab, lab2] } }\nclusters: { lap: {} }`);
    expect(() => botConfig(bot(), env)).toThrow(
      /labs\.clusters: lab2: the bot does not serve this cluster\. Did you mean “lab”\?\n.*clusters\.lap: the bot/,
    );
  });

  it('does not mind defaults that would be a contradiction, when each cluster says otherwise', () => {
    file(`defaults: { approvers: { users: [U0BOB] } }\nclusterGroups: { all: { clusters: [lab, lab-2], ${TWO} } }`);
    expect(botConfig(bot(), env).policies.get('lab')?.verbs.add.approvers.users).toEqual(['U0BOB', 'U0EVE']);
  });

  it('is explained once for clusters that are alike', () => {
    const { text } = printed(
      'check',
      file(`defaults: { ${TWO} }\nclusters: { lab: {}, two: {}, prod: { approvals: 2, requesterCounts: true } }`),
    );
    expect(text.match(/^Cluster.*/gm)).toEqual([
      'Clusters lab, two and (every other one that the bot serves):',
      'Cluster prod:',
    ]);
    expect(printed('check', file(`defaults: { ${TWO} }`)).text).toMatch(/^Cluster \(every one that the bot serves\):/);
  });
});

describe('registry-ha policy check', () => {
  it('explains a policy file in sentences', () => {
    const { code, text } = printed('check', example('policy.yaml'));
    expect(code).toBe(0);
    expect(text).toContain('One of U0123BOB and U0123CAROL must approve. The requester does not count.');
    expect(text).toContain('It may start only mon–thu 09:00–17:00 Europe/Paris.');
    expect(text).toContain(
      'No change may start: frozen from 2026-12-19 23:00 UTC until 2027-01-03 23:00 UTC: “year end”.',
    );
    expect(text).not.toContain('usergroups:read');
  });

  it('says what user groups require', () => {
    const { text } = printed('check', file('clusters: { lab: { approvers: { groups: [S0OPS] } } }'));
    expect(text).toContain('the scope usergroups:read');
    expect(text).toContain('Only approvers (the members of S0OPS) may request');
  });

  it('exits 1 with every mistake, and 2 for an unknown verb', () => {
    const { code, text } = printed('check', file('clusters: { lab: { approvals: 0 } }'));
    expect(code).toBe(1);
    expect(text).toMatch(/approvers: name people[\s\S]*approvals: at least 1/);
    expect(printed('check', join(folder, 'nowhere.yaml'))).toMatchObject({
      code: 1,
      text: expect.stringContaining('no such file. Check the path, or start from examples/policy.yaml.'),
    });
    expect(printed('check').code).toBe(2);
    expect(printed('explain', 'x').code).toBe(2);
  });
});
