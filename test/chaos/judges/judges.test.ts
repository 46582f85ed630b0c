import { describe, expect, it } from 'vitest';
import type { NodeReport } from '../../../sandbox/cluster/report.ts';
import type { SlackMessage } from '../../../sandbox/slack/local-slack.ts';
import { judgeCluster, judgeUntouched } from './cluster.ts';
import { judgeSlack, judgeUndoneCard } from './slack.ts';

const node: NodeReport = {
  registry: 'ready',
  served: 13,
  expected: 13,
  missing: [],
  engineEndpoints: ['http://127.1.2.11:8080', 'http://127.1.2.13:8080'],
  mounts: ['/srv/b', '/srv/a'],
  files: [{ path: '/srv/a.iso', size: 1, sha256: 'aa' }],
  commands: ['anything'],
};

const message = (ts: string, text: string, threadTs?: string): SlackMessage => ({
  ts,
  channel: 'C',
  author: { id: 'B', name: 'bot', isBot: true },
  text,
  blocks: [],
  edits: 0,
  ...(threadTs === undefined ? {} : { threadTs }),
});

const posted = [
  message('1', 'Add. Done. Served 13/13.'),
  message('2', 'Approved by bob.', '1'),
  message('3', 'alice: done.', '1'),
];
const done = { state: 'done', wasApproved: true, failures: 0 } as const;

describe('the cluster judge accepts two clusters', () => {
  it('with other networks and another order of lists', () => {
    const other = {
      ...node,
      engineEndpoints: ['http://127.9.9.13:8080', 'http://127.9.9.11:8080'],
      mounts: ['/srv/a', '/srv/b'],
    };
    expect(judgeCluster({ 'node-2': node }, { 'node-2': other })).toEqual([]);
  });

  it('but not with a leftover part file, another digest, a missing engine or a missing image', () => {
    const part = { path: '/srv/a.iso.part-lab-1', size: 1, sha256: 'bb' };
    const wrong: readonly NodeReport[] = [
      { ...node, files: [...node.files, part] },
      { ...node, files: [{ path: '/srv/a.iso', size: 1, sha256: 'bb' }] },
      { ...node, engineEndpoints: node.engineEndpoints.slice(0, 1) },
      { ...node, served: 12, missing: ['x'] },
    ];
    for (const one of wrong) expect(judgeCluster({ 'node-2': one }, { 'node-2': node })).not.toEqual([]);
    expect(judgeCluster({}, { 'node-2': node })).not.toEqual([]);
  });

  it('and reports what a refused change left behind', () => {
    expect(judgeUntouched({ 'node-2': node })).toHaveLength(4);
  });
});

describe('the Slack judge', () => {
  it('accepts one card with each reply once', () => expect(judgeSlack(posted, done)).toEqual([]));

  it('reports a second card, or none', () => {
    expect(judgeSlack([...posted, message('9', 'Add. Done.')], done)).toEqual(['there are 2 cards']);
    expect(judgeSlack([], done)).toEqual(['there are 0 cards']);
  });

  it('rejects a list of steps that still runs, and accepts one that was never filled', () => {
    const list = (status: string) => ({
      ...message('4', 'Steps of lab-1: 1 of 2 done.', '1'),
      blocks: [{ type: 'plan', tasks: [{ status }] }],
    });
    for (const status of ['in_progress', 'pending'])
      expect(judgeSlack([...posted, list(status)], done)).toEqual([
        'the list of steps is not at the end: Steps of lab-1: 1 of 2 done.',
      ]);
    expect(judgeSlack([...posted, list('complete'), message('5', 'The steps follow here.', '1')], done)).toEqual([]);
  });

  it('reports a card that shows another end', () => {
    expect(judgeSlack([message('1', 'Add. Applying.'), ...posted.slice(1)], done)).toHaveLength(1);
  });

  it('reports a repeated or missing reply', () => {
    expect(judgeSlack([...posted, message('4', 'alice: done.', '1')], done)).toEqual([
      expect.stringContaining('said 2 times'),
    ]);
    expect(judgeSlack(posted.slice(0, 1), done)).toHaveLength(2);
  });
});

describe('the judge of an undone change’s card', () => {
  const button = (text: string) => ({
    type: 'actions',
    elements: [{ type: 'button', text: { type: 'plain_text', text } }],
  });
  const note = {
    type: 'context',
    elements: [{ type: 'mrkdwn', text: 'Undone by change `lab-2`. Nothing of it is left.' }],
  };
  const card = (...blocks: readonly unknown[]): SlackMessage => ({ ...message('1', 'Add. Failed.'), blocks });

  it('accepts a card that says so and has no buttons', () => expect(judgeUndoneCard(card(note), 'lab-2')).toEqual([]));

  it('reports a card that says nothing, names another change, or still has a button', () => {
    expect(judgeUndoneCard(undefined, 'lab-2')).toHaveLength(1);
    expect(judgeUndoneCard(card(), 'lab-2')).toHaveLength(1);
    expect(judgeUndoneCard(card(note), 'lab-3')).toHaveLength(1);
    expect(judgeUndoneCard(card(note, button('Undo')), 'lab-2')).toEqual(['its card still offers Undo']);
  });
});
