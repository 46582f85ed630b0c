import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bareEnvironment } from '../../sandbox/place.ts';
import { program } from '../../sandbox/processes/program.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';

const LIMIT_MS = 300_000;
let sandbox: Sandbox;
let cli: string;

interface Found {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Types `registry-ha doctor …` on the computer of the process. */
function doctor(process_: 'bot' | 'worker', ...words: readonly string[]): Promise<Found> {
  const { botToken, appToken } = sandbox.slack;
  const env = {
    ...bareEnvironment(process.env),
    REGISTRY_HA_SLACK_BOT_TOKEN: botToken,
    REGISTRY_HA_SLACK_APP_TOKEN: appToken,
  };
  const config = ['--config', join(sandbox.folder, `${process_}.yaml`)];
  return new Promise((resolve, reject) => {
    const args = [cli, 'doctor', process_, ...config, ...words];
    const child = execFile(process.execPath, args, { env, timeout: LIMIT_MS }, (_, out, err) =>
      child.exitCode === null
        ? reject(new Error(`It was killed: ${err}`))
        : resolve({ code: child.exitCode, out, err }),
    );
  });
}

/** The checks of a JSON answer by room and name: the verdict, and what it says. */
function checksIn({
  out,
}: Found): ReadonlyMap<string, { readonly verdict: string; readonly says: string; readonly fix: string | null }> {
  const { v, is, question, checks } = JSON.parse(out);
  expect({ v, is, question }).toEqual({ v: 1, is: 'answered', question: 'doctor' });
  return new Map(checks.map((one: { room: string; name: string }) => [`${one.room}: ${one.name}`, one]));
}

/** Without the latency: this machine may be slow. */
const verdictsIn = (found: Found, verdict: string): readonly string[] =>
  [...checksIn(found)]
    .filter(([name, one]) => one.verdict === verdict && name !== 'redis: latency')
    .map(([name]) => name);

/** systemd does not run the sandbox's worker. */
const OF_SYSTEMD = 'this node: service';
/** Where systemd is not even installed. */
const isOfSystemd = (name: string): boolean => name === OF_SYSTEMD || name === 'this node: systemd';

beforeAll(async () => {
  [sandbox, cli] = await Promise.all([startSandbox({ log: () => undefined }), program()]);
}, LIMIT_MS);
afterAll(() => sandbox?.close());

describe('registry-ha doctor in a cluster that is well', () => {
  it('finds everything good for the worker but systemd, with the rights of our manifest and our Redis users', async () => {
    const [json, text] = await Promise.all([doctor('worker', '--json'), doctor('worker')]);
    const not = [...verdictsIn(json, 'wrong'), ...verdictsIn(json, 'unknown')];
    expect([not.includes(OF_SYSTEMD), not.filter((name) => !isOfSystemd(name))]).toEqual([true, []]);
    const checks = checksIn(json);
    expect(checks.get('redis: rights')?.says).toMatch(/^\d+ rights tried, none is missing$/);
    expect(checks.get('kubernetes: create pods/exec')).toMatchObject({ verdict: 'good', says: 'Allowed' });
    expect(checks.get('versions: running worker')?.says).toBe('0.1.0, as installed here');
    expect(text.code).toBe(1);
    expect(text.out).toMatch(/^registry-ha 0\.1\.0, worker of lab\n\nthis node\n {2}good {5}system/);
    // One of systemd, and one of the latency where this machine is slow.
    expect(text.out).toMatch(/\n\d+ checks: \d+ good, \d+ (wrong|unknown).*\.\n$/);
  });

  it('finds everything good for the bot, and exits 0', async () => {
    const [json, text] = await Promise.all([doctor('bot', '--json'), doctor('bot')]);
    expect([...verdictsIn(json, 'wrong'), ...verdictsIn(json, 'unknown')]).toEqual([]);
    expect(checksIn(json).get('workers: lab trusts this bot')?.verdict).toBe('good');
    expect([text.code, text.err]).toEqual([text.out.includes('WRONG') ? 1 : 0, 'Checking…\n']);
    expect(text.out).not.toContain(sandbox.slack.botToken);
  });
});

describe('registry-ha doctor where something is wrong', () => {
  it('names what is wrong for the worker, and what could not be checked because of it', async () => {
    await sandbox.faults.plant('kube-down', []);
    const found = await doctor('worker', '--json');
    await sandbox.faults.clear('kube-down');
    expect(found.code).toBe(1);
    expect(verdictsIn(found, 'wrong').filter((name) => !isOfSystemd(name))).toEqual(['kubernetes: api']);
    expect(verdictsIn(found, 'unknown').filter((name) => !isOfSystemd(name))).toEqual([
      'kubernetes: clock',
      'kubernetes: list nodes',
      'kubernetes: get namespaces kube-system',
      'kubernetes: list pods',
      'kubernetes: get endpoints repositories',
      'kubernetes: get pods/exec',
      'kubernetes: create pods/exec',
      'salt: master and minions',
      'nodes: nodes',
    ]);
    expect(checksIn(found).get('salt: master and minions')?.says).toMatch(
      /^Not checked, because of the Kubernetes API: /,
    );
  });

  it('names a rejected token, a silent worker and a stopped Redis for the bot', async () => {
    await sandbox.faults.plant('slack-revoked', []);
    const revoked = await doctor('bot', '--json');
    await sandbox.faults.clear('slack-revoked');
    expect(verdictsIn(revoked, 'wrong')).toEqual(expect.arrayContaining(['slack: bot token', 'slack: app token']));
    expect(verdictsIn(revoked, 'unknown')).toEqual(expect.arrayContaining(['slack: scopes']));
    await sandbox.services.redis.kill();
    const without = await doctor('bot', '--json');
    expect(verdictsIn(without, 'wrong')).toEqual(expect.arrayContaining(['redis: connection']));
    expect(verdictsIn(without, 'unknown')).toEqual(
      expect.arrayContaining(['redis: rights', 'redis: settings', 'workers: lab heartbeat']),
    );
    expect(checksIn(without).get('redis: connection')?.fix).toBe(
      'The connection was refused: start Redis, or correct redis.url. Then try again.',
    );
  });

  it('lists every mistake of a wrong configuration, and exits 3', async () => {
    const found = await doctor('worker', '--config', join(sandbox.folder, 'bot.yaml'));
    expect([found.code, found.out]).toEqual([3, '']);
    expect(found.err).toContain('unknown key “clusters”');
  });
});
