import { describe, expect, test } from 'vitest';
import { classifyCall, classifyStart } from '../../../src/adapters/salt/classify.ts';
import type { CommandResult } from '../../../src/domain/node-commands/command.ts';
import { exit } from '../../../src/domain/node-commands/ended.ts';
import { statesOf } from '../../fixtures/salt-words.ts';

const ended = (code: number, stdout = '', stderr = ''): CommandResult => ({ ended: exit(code), stdout, stderr });
const cut = (stdout = ''): CommandResult => ({ ended: { is: 'connection-lost' }, stdout, stderr: '' });
const local = (value: unknown) => JSON.stringify({ local: value });
const GOOD = local(statesOf({ is: 'ok', states: 1, changed: 0 }));
const busy = (jid: string) =>
  `The function "state.highstate" is running as PID 4711 and was started at 2024, Nov 04 10:10:00.000000 with jid ${jid}`;

describe('the verdict on an answer without a capture', () => {
  test.each([
    ['killed by SIGTERM: nothing said, exit code 0', ended(0), { is: 'lost' }],
    ['the connection broke', cut(), { is: 'lost' }],
    ['the connection broke behind the answer', cut(GOOD), { is: 'lost' }],
    ['timeout', ended(124), { is: 'lost' }],
    ['SIGKILL', ended(137), { is: 'lost' }],
    ['ssh itself', ended(255, '', 'client_loop: send disconnect: Broken pipe'), { is: 'lost' }],
    ['the answer was cut', ended(1, GOOD.slice(0, 60)), { is: 'lost' }],
    ['every state good, and yet an exit code', ended(1, GOOD), { is: 'error', why: 'command' }],
    ['an unknown option', ended(64, '', 'Usage: salt-call'), { is: 'error', why: 'usage' }],
    [
      'a module that does not load',
      ended(255, '', "'metalk8s' __virtual__ returned False: no isoinfo"),
      { is: 'error', why: 'not-available' },
    ],
    ['no such program', ended(127, '', 'env: salt-call: No such file or directory'), { is: 'error', why: 'command' }],
    ['sudo wants a password', ended(1, '', 'sudo: a password is required'), { is: 'error', why: 'command' }],
    [
      'no master',
      ended(
        1,
        '',
        'Unable to sign_in to master: Attempt to authenticate with the salt master failed with timeout error',
      ),
      { is: 'master-down' },
    ],
    [
      'a pillar that does not render',
      ended(5, local(['Pillar failed to render with the following messages:', "Rendering SLS 'x' failed."])),
      { is: 'not-run', why: 'pillar' },
    ],
    [
      'two runs in the way',
      ended(1, local([busy('20241104101000000000'), busy('20241104101000000001')])),
      { is: 'conflict', jids: ['20241104101000000000', '20241104101000000001'] },
    ],
    ['an empty list', ended(1, local([])), { is: 'error', why: 'empty' }],
    ['true, where states should be', ended(0, local(true)), { is: 'error', why: 'empty' }],
    [
      'a result that is neither true nor false',
      ended(0, local({ 'a_|-b_|-c_|-d': { result: 'yes', comment: '', changes: {} } })),
      { is: 'failed' },
    ],
    [
      'a test run',
      ended(0, local({ 'a_|-b_|-c_|-d': { result: null, comment: '', changes: { x: 1 } } })),
      { is: 'ok', states: 1, changed: 1 },
    ],
  ])('is right: %s', (_, result, wanted) => {
    expect(classifyCall(result, 'states')).toMatchObject(wanted);
  });

  test.each<[string, CommandResult, string]>([
    ['SIGKILL', ended(137), 'It ended with exit code 137, as after SIGKILL. It printed nothing.'],
    ['a cut', cut(), 'It was interrupted: the connection was lost. It printed nothing.'],
    ['a cut in the middle', cut('[WARNING] slow'), '[WARNING] slow\nIt was interrupted: the connection was lost.'],
    ['a cut at the end', cut(GOOD), 'It printed an answer, but it was interrupted: the connection was lost.'],
  ])('how it ended would be a riddle: %s', (_, result, says) => {
    expect(classifyCall(result, 'states')).toEqual({ is: 'lost', says });
  });

  test.each([
    [['one', ['two', 3]], 'one\n["two",3]'],
    [{ a: 'is wrong' }, '{"a":"is wrong"}'],
    [null, ''],
  ])('keeps a comment that is no text: %j', (comment, said) => {
    const answer = classifyCall(
      ended(2, local({ 'a_|-b_|-c_|-d': { result: false, comment, changes: {} } })),
      'states',
    );
    expect(answer).toMatchObject({ is: 'failed', first: { comment: said } });
  });

  test('shows the cause of a failure even if it ran later', () => {
    const answer = classifyCall(
      ended(
        2,
        local(
          statesOf({
            is: 'failed',
            first: { id: 'cause', sls: 's', name: 'n', comment: 'no space left' },
            failed: 1,
            skipped: 1,
          }),
        ),
      ),
      'states',
    );
    expect(answer).toEqual({
      is: 'failed',
      first: { id: 'cause', sls: 's', name: 'n', comment: 'no space left' },
      failed: 1,
      skipped: 1,
    });
  });

  test('keeps the jid when the session breaks after it', () => {
    expect(classifyStart(cut('Executed command with job ID: 20241104101530123456\n'))).toEqual({
      jid: '20241104101530123456',
    });
    expect(classifyStart(ended(0))).toMatchObject({ is: 'lost' });
    expect(classifyStart(ended(0, 'Executed command with job ID: 2024'))).toMatchObject({ is: 'lost' });
    const nobody = 'No minions matched the target. No command was sent, no jid was assigned.\n';
    expect(classifyStart(ended(0, `${nobody}Executed command with job ID: 0\n`))).toMatchObject({
      is: 'error',
      why: 'nobody',
    });
  });
});

describe('the words of a failure', () => {
  const CMD = 'cmd_|-Clean cache_|-yum clean all_|-run';
  const failedCommand = (changes: unknown) =>
    classifyCall(
      ended(2, local({ [CMD]: { result: false, comment: 'Command "yum clean all" run', changes } })),
      'states',
    );

  test('include the exit code and the output of a failed command', () => {
    expect(failedCommand({ pid: 7, retcode: 1, stdout: 'out', stderr: 'Error: disk I/O error\n' })).toMatchObject({
      first: { comment: 'Command "yum clean all" run\nExit code 1: Error: disk I/O error' },
    });
    expect(failedCommand({ retcode: 3, stdout: 'only here', stderr: '' })).toMatchObject({
      first: { comment: 'Command "yum clean all" run\nExit code 3: only here' },
    });
    expect(failedCommand({ retcode: 3 })).toMatchObject({
      first: { comment: 'Command "yum clean all" run\nExit code 3: no output' },
    });
  });

  test('are Salt’s own without a command', () => {
    expect(failedCommand({})).toMatchObject({ first: { comment: 'Command "yum clean all" run' } });
  });

  test('are the last line of a Python traceback', () => {
    const trace = 'Traceback (most recent call last):\n  File "/x.py", line 1, in f\n    raise KeyError\nKeyError: 3\n';
    expect(classifyCall(ended(1, '', `[ERROR   ] a\n${trace}`), 'states')).toMatchObject({ says: 'KeyError: 3' });
  });
});
