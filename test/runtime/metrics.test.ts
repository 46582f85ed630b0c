import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { type MetricObjectWithValues, type MetricValue, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { doJob } from '../../src/app/worker/do-job.ts';
import type { Change } from '../../src/domain/change/change.ts';
import type { Journal } from '../../src/ports/record.ts';
import { botMetrics } from '../../src/runtime/bot/metrics.ts';
import { expiryMetrics } from '../../src/runtime/expiry.ts';
import { redisMetrics } from '../../src/runtime/redis-metrics.ts';
import { countedJournal, journalMetrics } from '../../src/runtime/worker/change-metrics.ts';
import { countedCopier } from '../../src/runtime/worker/copy-metrics.ts';
import { ProofAges } from '../../src/runtime/worker/proof-ages.ts';
import { statusMetrics } from '../../src/runtime/worker/status-metrics.ts';
import { approvedChangeOn, bench, bob, SettableClock, stateOf } from '../app/bench.ts';
import { PROVEN } from '../contract/proofs.contract.ts';
import { removeFolder } from '../harness/stage/own-folder.ts';
import { approvedFor, at, base, changeOf, requested } from '../slack/card-events.ts';

const DEPLOY = join(import.meta.dirname, '../../deploy');
const RULES = join(DEPLOY, 'prometheus/registry-ha.rules.yaml');

/** The samples of our own metrics, as text. */
async function samples(register: Registry, ...names: readonly string[]): Promise<readonly string[]> {
  const lines = (await register.metrics()).split('\n');
  return lines.filter((line) => names.some((name) => line.startsWith(`${name}{`) || line.startsWith(`${name} `)));
}

const WANTED = 'registry_ha_approvals_wanted';

describe('the metrics of the bot', () => {
  const now = new Date(at(12));

  it('count open changes by state, and say how long the oldest waits for the worker', async () => {
    const register = new Registry();
    const { onOpen, onRead } = botMetrics(register, new SettableClock());
    const waits: Change = { ...changeOf([requested()]), requestedAt: at(7) };
    onOpen('lab', [changeOf(base), waits, changeOf([...base, approvedFor(at(20))])], now);
    expect(await samples(register, 'registry_ha_open_changes', 'registry_ha_oldest_waiting_seconds')).toEqual([
      'registry_ha_open_changes{cluster="lab",state="requested"} 1',
      'registry_ha_open_changes{cluster="lab",state="planned"} 1',
      'registry_ha_open_changes{cluster="lab",state="approved"} 1',
      'registry_ha_open_changes{cluster="lab",state="applying"} 0',
      'registry_ha_open_changes{cluster="lab",state="failed"} 0',
      'registry_ha_oldest_waiting_seconds{cluster="lab"} 300',
    ]);
    onOpen('lab', [], now);
    expect(await samples(register, 'registry_ha_oldest_waiting_seconds')).toEqual([
      'registry_ha_oldest_waiting_seconds{cluster="lab"} 0',
    ]);
    onRead(true, ['lab']);
    expect(await samples(register, 'registry_ha_oldest_waiting_seconds', WANTED)).toEqual([]);
  });

  it('count the approvals that are wanted, not the changes that want them', async () => {
    const register = new Registry();
    const { onOpen } = botMetrics(register, new SettableClock());
    const one = changeOf(base);
    const two: Change = { ...one, terms: { approvals: 2, planLivesMs: 3_600_000 } };
    const half: Change = { ...two, votes: [bob], votesNeeded: 2 };
    const wanted = async (...changes: readonly Change[]) => {
      onOpen('lab', changes, now);
      return await samples(register, WANTED);
    };
    expect(await wanted(one, two)).toEqual([`${WANTED}{cluster="lab"} 3`]);
    expect(await wanted(half)).toEqual([`${WANTED}{cluster="lab"} 1`]);
    expect(await wanted(changeOf([requested()]), changeOf([...base, approvedFor(at(20))]))).toEqual([
      `${WANTED}{cluster="lab"} 0`,
    ]);
  });

  it('have the age of each worker’s last heartbeat, and no number where nobody knows it', async () => {
    const [register, clock] = [new Registry(), new SettableClock()];
    const { onWorker, onRead } = botMetrics(register, clock);
    const ages = () => samples(register, 'registry_ha_heartbeat_age_seconds');
    onWorker('lab', { state: { is: 'there' }, silentMs: 2_500 });
    onWorker('prod', { state: { is: 'unverified' }, silentMs: null });
    expect(await ages()).toEqual([
      'registry_ha_heartbeat_age_seconds{cluster="lab"} 2.5',
      'registry_ha_heartbeat_age_seconds{cluster="prod"} Nan',
    ]);
    onRead(true, ['prod']);
    clock.at += 300_000;
    expect(await ages()).toEqual(['registry_ha_heartbeat_age_seconds{cluster="lab"} 2.5']);
    clock.at += 1;
    expect(await ages()).toEqual(['registry_ha_heartbeat_age_seconds{cluster="lab"} Nan']);
  });

  it('say whether each worker is there, how calls to Slack end, and how late cards are', async () => {
    const register = new Registry();
    const { onWorker, onCall, onDrawn } = botMetrics(register, new SettableClock());
    onWorker('lab', { state: { is: 'silent', since: null }, silentMs: null });
    onCall('update', 'rate-limited', 1500);
    onDrawn(3000);
    expect(await samples(register, 'registry_ha_worker_there', 'registry_ha_slack_calls_total')).toEqual([
      'registry_ha_slack_calls_total{call="update",end="rate-limited"} 1',
      'registry_ha_worker_there{cluster="lab"} 0',
    ]);
    expect(await samples(register, 'registry_ha_card_lag_seconds_sum')).toEqual(['registry_ha_card_lag_seconds_sum 3']);
  });
});

describe('the metric of what expires', () => {
  it('has the time that is left, and nothing of what cannot be read now', async () => {
    const register = new Registry();
    const clock = new SettableClock();
    const inAnHour = new Date(clock.now().getTime() + 3_600_000);
    const looks = [
      async () => [{ part: 'redis-server', what: 'The certificate that Redis shows', at: inAnHour } as const],
      () => Promise.reject(new Error('unreadable')),
    ];
    expiryMetrics(register, looks, () => clock.now());
    const left = () => samples(register, 'registry_ha_expires_seconds');
    expect(await left()).toEqual(['registry_ha_expires_seconds{part="redis-server"} 3600']);
    clock.at += 3_660_000;
    expect(await left()).toEqual(['registry_ha_expires_seconds{part="redis-server"} -60']);
  });
});

describe('the metrics of the worker', () => {
  it('count the end of a change by its verb, its steps by kind, and whether one runs', async () => {
    const register = new Registry();
    const on = bench();
    const change = await approvedChangeOn(on);
    const running: (readonly string[])[] = [];
    const counted = countedJournal(on.journal, register);
    const append: Journal['append'] = async (id, event) => {
      const mark = await counted.append(id, event);
      if (event.type === 'step-started') running.push(await samples(register, 'registry_ha_change_running'));
      return mark;
    };
    const ports = { ...on.worker, journal: { ...counted, append } };
    await doJob({ kind: 'apply', id: change.id }, ports, new AbortController().signal);
    expect((await stateOf(on, change.id))?.state).toBe('done');
    expect(new Set(running.flat())).toEqual(new Set(['registry_ha_change_running 1']));
    expect(await samples(register, 'registry_ha_change_running', 'registry_ha_changes_total')).toEqual([
      'registry_ha_changes_total{verb="add",end="done"} 1',
      'registry_ha_change_running 0',
    ]);
    const steps = await samples(register, 'registry_ha_step_seconds_count');
    expect(steps.join()).toContain('{kind="engines",result="done"} 1');
  });

  it('count proofs by what they found, from 0', async () => {
    const register = new Registry();
    const counted = countedJournal(bench().journal, register);
    const proofs = () => samples(register, 'registry_ha_proofs_total');
    expect(await proofs()).toEqual([
      'registry_ha_proofs_total{verdict="proven"} 0',
      'registry_ha_proofs_total{verdict="different"} 0',
      'registry_ha_proofs_total{verdict="unknown"} 0',
    ]);
    const finding = { where: 'node-2', says: 'pause:3.9 has a different manifest.' };
    await counted.noteProof(PROVEN);
    await counted.noteProof({ ...PROVEN, differences: [finding] });
    await counted.noteProof({ ...PROVEN, unread: [finding] });
    await counted.noteProof({ ...PROVEN, cut: { is: 'change', says: 'lab-7f3k2q began.' } });
    expect(await proofs()).toEqual([
      'registry_ha_proofs_total{verdict="proven"} 1',
      'registry_ha_proofs_total{verdict="different"} 1',
      'registry_ha_proofs_total{verdict="unknown"} 2',
    ]);
  });

  it('have the size of the journal and the space beside it, or nothing where they cannot be read', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'journal-metrics-'));
    const [there, gone] = [new Registry(), new Registry()];
    journalMetrics(folder, there);
    journalMetrics(join(folder, 'none'), gone);
    const names = ['registry_ha_journal_bytes', 'registry_ha_journal_free_bytes'];
    expect(await samples(there, ...names)).toHaveLength(2);
    expect(await samples(gone, ...names)).toEqual([]);
    await removeFolder(folder);
  });
});

const Rules = z.object({
  groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string(), expr: z.string() })) })),
});
const AlertCases = z.object({
  tests: z.array(
    z.object({
      alert_rule_test: z.array(z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()).default([]) })),
    }),
  ),
});
const Dashboard = z.object({
  panels: z.array(z.object({ id: z.number(), title: z.string(), targets: z.array(z.object({ expr: z.string() })) })),
});

/** Every name that a process of ours may have, with those that a histogram adds. */
async function knownNames(): Promise<ReadonlySet<string>> {
  const register = new Registry();
  const clock = new SettableClock();
  botMetrics(register, clock);
  new ProofAges(() => clock.now(), register);
  redisMetrics(register);
  expiryMetrics(register, [], () => clock.now());
  countedJournal(bench().journal, register);
  journalMetrics('/nowhere', register);
  statusMetrics(clock, register);
  countedCopier({ prepare: async () => undefined, copy: async () => undefined }, clock, register);
  const all: readonly MetricObjectWithValues<MetricValue<string>>[] = await register.getMetricsAsJSON();
  return new Set(all.flatMap(({ name }) => [name, `${name}_bucket`, `${name}_sum`, `${name}_count`]));
}

const namesIn = (expr: string): readonly string[] => [...expr.matchAll(/registry_ha_\w+/g)].map(([name]) => name);

describe('the alerts and the dashboard', () => {
  const rules = Rules.parse(load(readFileSync(RULES, 'utf8')));
  const dashboard = Dashboard.parse(JSON.parse(readFileSync(join(DEPLOY, 'grafana/registry-ha.json'), 'utf8')));

  it('name only metrics that exist', async () => {
    const known = await knownNames();
    const exprs = [
      ...rules.groups.flatMap((group) => group.rules.map(({ expr }) => expr)),
      ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ];
    const named = exprs.flatMap(namesIn);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  it('show every metric of ours on the dashboard', async () => {
    const shown = new Set(dashboard.panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => namesIn(expr))));
    const bare = [...shown].map((name) => name.replace(/_bucket$/, ''));
    const all = [...(await knownNames())].filter((name) => !/_(bucket|sum|count)$/.test(name));
    expect(all.filter((name) => !bare.includes(name) && !name.startsWith('registry_ha_copy_'))).toEqual([]);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });

  it('have a case for promtool in which each alert fires', () => {
    const cases = AlertCases.parse(load(readFileSync(RULES.replace('.yaml', '.test.yaml'), 'utf8')));
    const fired = cases.tests.flatMap((one) => one.alert_rule_test).filter(({ exp_alerts }) => exp_alerts.length > 0);
    const alerts = rules.groups.flatMap((group) => group.rules.map(({ alert }) => alert));
    expect([...new Set(fired.map(({ alertname }) => alertname))].toSorted()).toEqual(alerts.toSorted());
  });

  it('alert when they should', () => {
    expect(spawnSync('promtool', ['--version']).error, 'Run `node scripts/setup.mjs promtool` first').toBeUndefined();
    const ran = spawnSync('promtool', ['test', 'rules', RULES.replace('.yaml', '.test.yaml')], { encoding: 'utf8' });
    expect(ran.status, ran.stdout + ran.stderr).toBe(0);
  });
});
