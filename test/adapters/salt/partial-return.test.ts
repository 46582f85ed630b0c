import { describe, expect, it } from 'vitest';
import { jobOf } from '../../../src/adapters/salt/jobs.ts';

const JID = '20260301100000000000';
const OTHER = '20260301100000000001';
const states = { 'file_|-a_|-/srv/a_|-managed': { result: true, changes: {} } };
const good = { return: states, retcode: 0, success: true, out: 'highstate' };
const listed = (result: unknown, jid = JID) =>
  jobOf(JID, JSON.stringify({ jid, Minions: ['node-1', 'node-2'], Result: result }));

describe('the return of a job', () => {
  it.each<[string, unknown]>([
    ['nothing', {}],
    ['no map', 'node-1'],
    ['only the entry of a minion without its states', { 'node-1': { retcode: 0 } }],
    ['only an entry that is no map', { 'node-1': 'ok' }],
  ])('with %s says nothing of any minion', (_, result) => {
    expect(listed(result)).toMatchObject({ jid: JID, returns: {} });
  });

  it.each<[string, unknown]>([
    ['no states', {}],
    ['nothing', null],
    ['an empty list', []],
    ['an empty text', ''],
    ['true', true],
  ])('with %s of a minion is no success of that minion', (_, value) => {
    expect(listed({ 'node-1': { ...good, return: value } })?.returns['node-1']?.is).toBe('error');
  });

  it.each<[string, unknown]>([
    ['without states', { retcode: 0 }],
    ['that is no map', 'ok'],
    ['whose exit code is a word', { return: states, retcode: 'none' }],
  ])('keeps the minions that told everything beside one entry %s', (_, broken) => {
    expect(listed({ 'node-1': good, 'node-2': broken })?.returns['node-1']).toMatchObject({ is: 'ok', states: 1 });
  });

  it('of another job is no answer', () => {
    expect(listed({ 'node-1': good }, OTHER)).toBeNull();
    expect(jobOf(JID, JSON.stringify({ Result: { 'node-1': good } }))).toBeNull();
  });
});
