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

const told = [
  message('1', 'Add. Done. Served 13/13.'),
  message('2', 'Approved by bob.', '1'),
  message('3', 'alice: done.', '1'),
];
const done = { state: 'done', wasApproved: true, failures: 0 } as const;

describe('chaos takes two clusters for the same', () => {
  it('whatever their networks and the order of what they list', () => {
    const other = {
      ...node,
      engineEndpoints: ['http://127.9.9.13:8080', 'http://127.9.9.11:8080'],
      mounts: ['/srv/a', '/srv/b'],
    };
    expect(judgeCluster({ 'node-2': node }, { 'node-2': other })).toEqual([]);
  });

  it('but not with a part file left, another digest, an engine too few, an image missing', () => {
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

  it('and finds what a refused change has left', () => {
    expect(judgeUntouched({ 'node-2': node })).toHaveLength(4);
  });
});

describe('chaos finds a channel', () => {
  it('true with one card and each reply once', () => expect(judgeSlack(told, done)).toEqual([]));

  it('with a second card, or none', () => {
    expect(judgeSlack([...told, message('9', 'Add. Done.')], done)).toEqual(['there are 2 cards']);
    expect(judgeSlack([], done)).toEqual(['there are 0 cards']);
  });

  it('with a card that tells another end', () => {
    expect(judgeSlack([message('1', 'Add. Applying.'), ...told.slice(1)], done)).toHaveLength(1);
  });

  it('with a reply told twice, or not at all', () => {
    expect(judgeSlack([...told, message('4', 'alice: done.', '1')], done)).toEqual([
      expect.stringContaining('said 2 times'),
    ]);
    expect(judgeSlack(told.slice(0, 1), done)).toHaveLength(2);
  });
});

describe('chaos finds the card of an undone change', () => {
  const button = (text: string) => ({
    type: 'actions',
    elements: [{ type: 'button', text: { type: 'plain_text', text } }],
  });
  const note = {
    type: 'context',
    elements: [{ type: 'mrkdwn', text: 'Undone by change `lab-2`. Nothing of it is left.' }],
  };
  const card = (...blocks: readonly unknown[]): SlackMessage => ({ ...message('1', 'Add. Failed.'), blocks });

  it('true when it says so and offers nothing', () => expect(judgeUndoneCard(card(note), 'lab-2')).toEqual([]));

  it('wrong when it says nothing, names another change, or still has a button', () => {
    expect(judgeUndoneCard(undefined, 'lab-2')).toHaveLength(1);
    expect(judgeUndoneCard(card(), 'lab-2')).toHaveLength(1);
    expect(judgeUndoneCard(card(note), 'lab-3')).toHaveLength(1);
    expect(judgeUndoneCard(card(note, button('Undo')), 'lab-2')).toEqual(['its card still offers Undo']);
  });
});
