import { describe, expect, it } from 'vitest';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import { command, render } from '../../../src/domain/node-commands/command.ts';
import { copyCommands, shownCopyCommands } from '../../../src/domain/node-commands/copy-commands.ts';
import type { Step } from '../../../src/domain/plan/step.ts';
import { type Deeds, judgeCommands } from './commands.ts';
import type { Act } from './deeds.ts';

const second = (n: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, n)).toISOString();
const salt = command('salt-call', 'state.sls', 'metalk8s.archives.mounted');
const mount: Step = {
  kind: 'mount',
  id: 'mount:node-2',
  says: 'Mount',
  commands: [{ on: 'node-2', command: salt }],
  node: 'node-2',
  archives: [],
};
const order = { path: '/srv/a.iso', part: '/srv/a.iso.part-lab-1', size: 100, sudo: true } as const;
const copy: Step = {
  kind: 'copy',
  id: 'copy:node-2:a',
  says: 'Copy',
  commands: shownCopyCommands(order).map((one) => ({ on: 'node-2', command: one })),
  node: 'node-2',
  archive: { id: 'a', path: order.path, size: order.size, sha256: '0'.repeat(64) },
  part: order.part,
};
const engines: Step = {
  kind: 'engines',
  id: 'engines',
  says: 'Engines',
  commands: [],
  nodes: ['b', 'a'],
  addresses: [],
};

const event = (type: 'step-started' | 'step-done', step: string, at: number): ChangeEvent =>
  type === 'step-started' ? { type, at: second(at), step } : { type, at: second(at), step, already: false, seconds: 1 };
const act = (line: string, at: number, exitCode: number | null = 0): Act => ({
  on: 'node-2',
  line,
  at: second(at),
  exitCode,
});

/** Both steps run from second 10 to second 20. */
const deeds = (acts: readonly Act[], more: Partial<Deeds> = {}): Deeds => ({
  acts,
  jobs: [],
  steps: [copy, mount, engines],
  events: [copy.id, mount.id].flatMap((id) => [event('step-started', id, 10), event('step-done', id, 20)]),
  repeats: 0,
  ...more,
});

describe('the command judge reports a worker that', () => {
  it('ran an unapproved command', () => {
    expect(judgeCommands(deeds([act('salt-call state.sls metalk8s.repo.installed', 11)]))).toEqual([
      expect.stringContaining('not approved'),
    ]);
    expect(judgeCommands(deeds([act('rm -f -- /srv/a.iso', 11)]))).toHaveLength(1);
    expect(judgeCommands(deeds([act(render(copyCommands(order).discard), 11)]))).toEqual([]);
  });

  it('ran an approved command on another node', () => {
    expect(judgeCommands(deeds([{ ...act(render(salt), 11), on: 'node-3' }]))).toContainEqual(
      expect.stringContaining('not approved'),
    );
  });

  it('ran a command before its step started, or after the step was recorded done', () => {
    expect(judgeCommands(deeds([act(render(salt), 9)]))).toEqual([expect.stringContaining('none of its steps')]);
    expect(judgeCommands(deeds([act(render(salt), 21)]))).toEqual([expect.stringContaining('none of its steps')]);
  });

  it('repeated a successful state run, even after an interruption', () => {
    const twice = [act(render(salt), 11), act(render(salt), 12)];
    expect(judgeCommands(deeds(twice, { repeats: 5 }))).toEqual([expect.stringContaining('succeeded 2 times')]);
  });

  it('repeated a failed command without an interruption', () => {
    const twice = [act(render(salt), 11, 1), act(render(salt), 12)];
    expect(judgeCommands(deeds(twice))).toEqual([expect.stringContaining('ran 2 times')]);
    expect(judgeCommands(deeds(twice, { repeats: 1 }))).toEqual([]);
  });

  it('repeated a removal, even after an interruption', () => {
    const remove = command('rm', '-f', '--', order.path);
    const removal: Step = {
      kind: 'remove-copy',
      id: 'remove-copy:node-2:a',
      says: 'Delete',
      commands: [{ on: 'node-2', command: remove }],
      node: 'node-2',
      archive: { id: 'a', path: order.path, size: order.size, sha256: '0'.repeat(64) },
      part: order.part,
      takesArchive: true,
    };
    const events = [event('step-started', removal.id, 10)];
    const twice = [act(render(remove), 11), act(render(remove), 12)];
    const more = { steps: [removal], events, repeats: 1 };
    expect(judgeCommands(deeds(twice, more))).toEqual([expect.stringContaining('succeeded 2 times')]);
    expect(judgeCommands(deeds([act(render(remove), 11, null), act(render(remove), 12)], more))).toEqual([]);
  });

  it('reconfigured engines twice, on other nodes, or without a step for it', () => {
    const job = { at: '2026-03-01T10:00:00.000Z', minions: ['a', 'b'], retcodes: { a: 0, b: 0 } };
    expect(judgeCommands(deeds([], { jobs: [job] }))).toEqual([]);
    expect(judgeCommands(deeds([], { jobs: [job, job], repeats: 3 }))).toEqual([
      expect.stringContaining('successfully 2 times'),
    ]);
    expect(judgeCommands(deeds([], { jobs: [{ ...job, minions: ['a'], retcodes: {} }] }))).toHaveLength(1);
    expect(judgeCommands(deeds([], { jobs: [job], steps: [copy] }))).toHaveLength(1);
  });

  it('reconfigured engines out of turn, or one of them twice', () => {
    const inTurn = ['a', 'b'].map((node) => ({
      ...engines,
      id: `engines:${node}`,
      nodes: [node],
      gated: true as const,
    }));
    const job = (node: string) => ({ at: '2026-03-01T10:00:00.000Z', minions: [node], retcodes: { [node]: 0 } });
    const judged = (...jobs: readonly string[]) => judgeCommands(deeds([], { jobs: jobs.map(job), steps: inTurn }));
    expect(judged('a', 'b')).toEqual([]);
    expect(judged('b', 'a')).toEqual([expect.stringContaining('out of turn')]);
    expect(judged('a', 'a', 'b')).toContainEqual(expect.stringContaining('the engines of a were reconfigured'));
  });

  it('but accepts a copy that resumes at another offset', () => {
    const [receive = salt] = shownCopyCommands(order);
    const resumed = { ...receive, args: receive.args.map((word) => (word === '0' ? '50' : word)) };
    const lines = [act(render(receive), 11, null), act(render(resumed), 12)];
    expect(judgeCommands(deeds(lines, { repeats: 1 }))).toEqual([]);
    expect(judgeCommands(deeds(lines))).toEqual([expect.stringContaining('ran 2 times')]);
  });
});
