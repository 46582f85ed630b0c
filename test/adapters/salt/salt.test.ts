import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { salt } from '../../../src/adapters/salt/salt.ts';
import { Failure, Unreachable } from '../../../src/domain/answers/failure.ts';
import type { CommandResult } from '../../../src/domain/node-commands/command.ts';
import { command } from '../../../src/domain/node-commands/command.ts';
import { type Ended, exit } from '../../../src/domain/node-commands/ended.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { SettableClock } from '../../app/bench.ts';
import { FakeSaltMasterPod, type PodAnswer } from '../../fakes/fake-kube.ts';
import { FakeShell } from '../../fakes/fake-shell.ts';
import { crictlInfo } from '../../fixtures/salt-words.ts';

const { signal } = new AbortController();
const printed = (value: unknown, ended = exit(0)): CommandResult => ({
  ended,
  stdout: typeof value === 'string' ? value : `${JSON.stringify(value)}\n`,
  stderr: '',
});

/** The output of a real Salt 3006.0 whose master is away. */
function captured(name: string): CommandResult {
  const read = (end: string) =>
    readFileSync(new URL(`../../fixtures/salt-master-away/${name}.${end}`, import.meta.url), 'utf8');
  return { ended: exit(Number(read('rc'))), stdout: read('out'), stderr: read('err') };
}

function stage(answer: (line: string) => PodAnswer) {
  const slept: number[] = [];
  const clock: Clock = {
    now: () => new Date(0),
    steadyMs: () => 0,
    async sleep(ms) {
      slept.push(ms);
    },
  };
  const master = new FakeSaltMasterPod(answer);
  return { slept, ran: master.ran, salt: salt({ shell: new FakeShell(), master, clock }) };
}

const OUT = '--out=json --out-indent=-1 --no-color --log-level=error';

describe('command lines, as an operator would type them', () => {
  test('are exactly these on the master', async () => {
    const { salt, ran } = stage((line) => (line.startsWith('salt-run') ? printed({}) : printed({ 'node-1': {} })));
    await salt.answering(['node-1', 'node-2'], signal);
    await salt.engines(['node-1'], signal);
    await salt.stateRuns(['node-1', 'node-2'], signal);
    await salt.stillRunning('20260301100000000000', ['node-1'], signal);
    await salt.run('node-1', command('crictl', 'pull', 'a/b:1'), signal);
    expect([...new Set(ran)]).toEqual([
      `salt ${OUT} -t 10 -L node-1,node-2 test.ping`,
      `salt ${OUT} -L node-1 cmd.run 'crictl info' python_shell=False`,
      `salt ${OUT} -t 10 -L node-1,node-2 saltutil.running`,
      `salt ${OUT} -t 10 -L node-1 saltutil.find_job 20260301100000000000`,
      `salt ${OUT} -L node-1 cmd.run_all '"crictl pull a/b:1"' python_shell=False`,
    ]);
  });

  test('never target all nodes when no node is given', async () => {
    const { salt, ran } = stage(() => printed({}));
    expect(await salt.answering([], signal)).toEqual([]);
    expect(await salt.engines([], signal)).toEqual([]);
    expect(await salt.stateRuns([], signal)).toEqual({ answered: [], runs: [] });
    expect(ran).toEqual([]);
  });
});

describe('what the minions run', () => {
  const JID = '20260301100000000000';
  const run = { fun: 'state.sls', pid: 13302, jid: JID, tgt: 'salt-call' };

  test('is each state run with the nodes that tell of it, and no other function', async () => {
    const ping = { ...run, fun: 'test.ping', jid: '20260301100000000001' };
    const { salt } = stage(() => printed({ 'node-1': [ping, run], 'node-2': [run], 'node-3': [] }));
    expect(await salt.stateRuns(['node-1', 'node-2', 'node-3'], signal)).toEqual({
      answered: ['node-1', 'node-2', 'node-3'],
      runs: [{ fun: 'state.sls', jid: JID, nodes: ['node-1', 'node-2'] }],
    });
  });

  test.each([
    ['says nothing', {}],
    ['does not return', { 'node-2': 'Minion did not return. [No response]' }],
    ['raises', { 'node-2': 'The minion function caused an exception: Traceback (most recent call last):' }],
    ['tells a list of something else', { 'node-2': [run, 'x'] }],
    ['tells no list', { 'node-2': {} }],
  ])('is unknown of a minion that %s', async (_, of) => {
    const { salt } = stage(() => printed({ 'node-1': [], ...of }));
    expect(await salt.stateRuns(['node-1', 'node-2'], signal)).toEqual({ answered: ['node-1'], runs: [] });
  });
});

describe('sessions that end without an answer', () => {
  test.each([
    ['cut', printed('', { is: 'connection-lost' })],
    ['cut behind half of the answers', printed({ 'node-2': {} }, { is: 'connection-lost' })],
    ['too slow', printed({ 'node-2': {} }, { is: 'timeout', afterMs: 90_000 })],
    ['ended with exit code 0 and nothing said', printed('')],
    ['cut in the middle', printed('{"jid": "20260301100000000000", "Minions": [')],
    ['the master is down', printed('"The salt master could not be contacted. Is master running?"')],
    ['a capture: jobs.active, the master is stopped', captured('j-killed-active')],
    ['a capture: jobs.active, the master is not running', captured('j-nosockets-active')],
    ['a capture: test.ping, the master is stopped', captured('m-killed-ping')],
    ['a capture: test.ping, the master is not running', captured('m-nosockets-ping')],
    ['only an empty list', printed('[]')],
    ['exit code 2 for another reason than an unknown node', printed('{}', exit(2))],
    ['a text and no list', printed('"some new sentence"')],
    ['a sentence before an empty map', printed('Some new sentence of Salt.\n{}\n', exit(2))],
  ])('throw Unreachable: %s', async (_, result) => {
    const { salt } = stage(() => result);
    const lost = (error: unknown) => error instanceof Unreachable && error.fault === 'salt-master';
    await expect(salt.job('20260301100000000000', signal)).rejects.toSatisfy(lost);
    await expect(salt.engines(['node-1'], signal)).rejects.toSatisfy(lost);
    await expect(salt.stillRunning('20260301100000000000', ['node-1'], signal)).rejects.toSatisfy(lost);
    expect(await salt.answering(['node-1'], signal)).toBeNull();
    expect(await salt.stateRuns(['node-1'], signal)).toBeNull();
  });

  test.each(['j-killed-active', 'j-nosockets-active', 'm-killed-ping', 'm-nosockets-ping'])(
    'name the master as the cause: %s',
    async (name) => {
      const says = 'The Salt master does not answer its own command line.';
      await expect(stage(() => captured(name)).salt.engines(['node-1'], signal)).rejects.toMatchObject({ says });
    },
  );

  test('report a timeout and too much output as such', async () => {
    const says = (ended: Ended) =>
      stage(() => printed('', ended))
        .salt.engines(['node-1'], signal)
        .catch((error: unknown) => (error instanceof Failure ? error.report().what : error));
    const line = `\`salt ${OUT} -L node-1 cmd.run 'crictl info' python_shell=False\``;
    expect(await says({ is: 'timeout', afterMs: 90_000 })).toBe(
      `${line} did not end within 1 min 30 s, and gave no answer.`,
    );
    expect(await says({ is: 'too-much-output', bytes: 16_777_216 })).toBe(
      `${line} printed more than 16,777,216 bytes, which is the limit.`,
    );
  });

  test('give null for answering nodes when the pod is unreachable', async () => {
    expect(await stage(() => 'no-session').salt.answering(['node-1'], signal)).toBeNull();
  });

  test('check twice for a job that a minion has just received', async () => {
    let asked = 0;
    const { salt, slept } = stage(() => {
      asked += 1;
      return printed({ 'node-1': asked === 1 ? {} : { jid: '20260301100000000000', pid: 1 } });
    });
    expect(await salt.stillRunning('20260301100000000000', ['node-1'], signal)).toEqual(['node-1']);
    expect(slept).toEqual([3_000]);
  });
});

describe('a start whose answer is lost', () => {
  const LINE = command('salt', '--async', '-L', 'node-1,node-2', 'state.sls', 'engines', 'saltenv=metalk8s-1');
  const LATE = captured('m-hung2-async');
  const OLD = '20260301100000000000';
  const NEW = '20260301110000000000';
  const like = (change: object = {}) => ({
    Function: 'state.sls',
    Arguments: ['engines', { __kwarg__: true, saltenv: 'metalk8s-1' }],
    Target: ['node-2', 'node-1'],
    'Target-type': 'list',
    ...change,
  });
  const HISTORY = { [OLD]: like() };

  /** Each list of jobs in turn; the last one stays. */
  function started(answer: CommandResult, lists: readonly PodAnswer[]) {
    let list = 0;
    const on = stage((line) => {
      if (!line.startsWith('salt-run')) return answer;
      const now = lists[Math.min(list, lists.length - 1)] ?? printed({});
      list += 1;
      return now;
    });
    return { ...on, start: on.salt.start(LINE, signal) };
  }

  test.each([
    ['timed out', LATE],
    ['ended with exit code 0', printed('')],
    ['was cut', printed('', { is: 'connection-lost' })],
  ])('finds the job that was published afterwards: it %s', async (_, answer) => {
    const lists = [printed(HISTORY), printed(HISTORY), 'no-session' as const, printed({ ...HISTORY, [NEW]: like() })];
    const { start, slept, ran } = started(answer, lists);
    expect(await start).toBe(NEW);
    expect(slept).toEqual([5_000, 5_000, 5_000]);
    expect(ran[0]).toBe('salt-run jobs.list_jobs search_function=state.sls --out=json --no-color --log-level=error');
  });

  test.each([
    ['another function', { Function: 'state.apply' }],
    ['other nodes', { Target: ['node-1'] }],
    ['other states', { Arguments: ['mounted', { __kwarg__: true, saltenv: 'metalk8s-1' }] }],
    ['another environment', { Arguments: ['engines', { __kwarg__: true, saltenv: 'metalk8s-2' }] }],
    ['more arguments', { Arguments: ['engines', { __kwarg__: true, saltenv: 'metalk8s-1', pillar: { a: 1 } }] }],
  ])('does not take the job of another: %s', async (_, change) => {
    const { start } = started(LATE, [printed({}), printed({ [NEW]: like(change) })]);
    await expect(start).rejects.toMatchObject({ answer: { is: 'lost' } });
  });

  test('says that the end is unknown when no job appears within a minute', async () => {
    const { start, slept } = started(LATE, [printed(HISTORY)]);
    const says = expect.stringMatching(/^salt\.exceptions\.SaltClientError: Salt request timed out/);
    await expect(start).rejects.toMatchObject({ answer: { is: 'lost', says } });
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBe(60_000);
  });

  test('says so when the jobs before it are not known', async () => {
    const { start } = started(LATE, ['no-session', printed(HISTORY)]);
    await expect(start).rejects.toMatchObject({ answer: { is: 'lost' } });
  });

  test('does not take one of two jobs', async () => {
    const { start } = started(LATE, [printed({}), printed({ [OLD]: like(), [NEW]: like() })]);
    await expect(start).rejects.toMatchObject({ answer: { is: 'lost' } });
  });

  test.each([
    ['the master is away', printed('"The salt master could not be contacted. Is master running?"'), 'master-down'],
    [
      'nobody matched',
      printed('No minions matched the target. No command was sent, no jid was assigned.\n', exit(2)),
      'error',
    ],
    ['a wrong option', printed('', exit(64)), 'error'],
  ])('looks for no job when nothing was sent: %s', async (_, answer, is) => {
    const { start, slept } = started(answer, [printed({})]);
    await expect(start).rejects.toMatchObject({ answer: { is } });
    expect(slept).toEqual([]);
  });
});

describe('a state run on a node', () => {
  const access = { node: 'node-2', host: '10.0.0.3', port: 22, user: 'root', keyPath: '/key', sudo: false };
  const line = command('salt-call', 'state.sls', 'a');
  const run = { name: 'run', again: false, onWait: () => undefined };

  /** What the call throws when every session on the node prints this. */
  async function failed(stdout: string) {
    const clock = new SettableClock();
    const shell = new FakeShell();
    shell.run = async () => {
      await clock.sleep(15_000, signal);
      return { ended: exit(0), stdout, stderr: '' };
    };
    const master = new FakeSaltMasterPod(() => printed({}));
    const error = await salt({ shell, master, clock })
      .call(access, line, run, signal)
      .catch((thrown: unknown) => thrown);
    return error instanceof Failure ? error.report() : error;
  }

  test('is not started again after a timeout', async () => {
    expect(await failed('running\n')).toMatchObject({
      kind: 'command',
      where: 'node-2',
      what: '`salt-call state.sls a` did not end within 30 min.',
      next: expect.stringContaining('It may still be running on that node'),
    });
  });

  test('is not started again after too much output', async () => {
    expect(await failed('ended 0 99999999\n')).toMatchObject({
      kind: 'command',
      what: '`salt-call state.sls a` printed more than 16,777,216 bytes, which is the limit.',
    });
  });
});

describe('container engines', () => {
  const engine = async (value: unknown) =>
    (await stage(() => printed({ 'node-1': value })).salt.engines(['node-1'], signal))[0];

  test('are read despite warnings before the JSON', async () => {
    expect(await engine(crictlInfo(['http://10.0.0.1:8080']))).toEqual({
      node: 'node-1',
      is: 'known',
      endpoints: ['http://10.0.0.1:8080'],
    });
  });

  test.each([
    [
      'a folder of host files (containerd 2)',
      crictlInfo([], { configPath: '/etc/containerd/certs.d', mirrors: {} }),
      'reads its mirrors from the folder /etc/containerd/certs.d',
    ],
    ['no mirrors at all', crictlInfo([], { configPath: '' }), 'reports no mirrors'],
    ['mirrors of others only', crictlInfo([], { mirrors: { 'docker.io': { endpoint: ['x'] } } }), 'reports no mirrors'],
  ])('have an unsupported layout: %s', async (_, value, words) => {
    expect(await engine(value)).toMatchObject({ is: 'other-layout', says: expect.stringContaining(words) });
  });

  test.each([
    ['no return', 'Minion did not return. [No response]\nThe minions …', 'did not answer'],
    ['false, as some options print it', false, 'did not answer'],
  ])('are silent: %s', async (_, value, words) => {
    expect(await engine(value)).toMatchObject({ is: 'silent', says: expect.stringContaining(words) });
  });

  const salts =
    "ERROR: Unable to run command '['crictl', 'info']' with the context '{}', reason: [Errno 2] No such file";
  test.each([
    [
      'crictl failed',
      'FATA[0002] connect: context deadline exceeded',
      'It says: FATA[0002] connect: context deadline exceeded',
    ],
    ['crictl is missing', salts, `It says: ${salts}`],
    ['nothing', '', 'It printed nothing.'],
    ['no text', true, 'It says: true'],
  ])('give no answer, whose words are quoted: %s', async (_, value, words) => {
    const says = `\`crictl info\` on node-1 gave no answer that can be read. ${words}`;
    expect(await engine(value)).toEqual({ node: 'node-1', is: 'no-answer', says });
  });
});
