import { describe, expect, it, vi } from 'vitest';
import { validateBlocks } from '../../../sandbox/slack/blocks/validate-blocks.ts';
import { judge } from '../../../src/domain/questions/status/judge.ts';
import type { FormCluster } from '../../../src/domain/wish/form.ts';
import { formView } from '../../../src/slack/parts/form-view.ts';
import { inspectionOf } from '../../fixtures/inspection.ts';
import { PATIENT } from '../../fixtures/patience.ts';
import { ALICE, MALLORY } from '../../sandbox/slack/slack-for-tests.ts';
import type { SlackWorld } from '../slack-world.ts';
import { ID, worldsOfTests } from '../world-of-test.ts';

const world = worldsOfTests();

const NODES = { names: ['bootstrap', 'node-1', 'node-2', 'node-3'], bootstrap: ['bootstrap'], ageMs: 0 };

/** A world whose worker has named its nodes and inspected them. */
async function inspected(): Promise<SlackWorld> {
  const w = await world();
  await w.life.beat({ trouble: null, nodes: NODES, who: null });
  await w.board.put(judge(inspectionOf()), 0);
  return w;
}

const newest = (w: SlackWorld) => w.local.modals().at(-1);
const shows = (w: SlackWorld, words: string) =>
  vi.waitFor(() => expect(JSON.stringify(newest(w))).toContain(words), PATIENT);

describe('the form', () => {
  it('requests what was entered, as the typed command does', async () => {
    const w = await inspected();
    await w.local.command('alice', '/registry-ha');
    await shows(w, 'Request a change');
    await w.local.fill('alice', 'Nodes', 'node-1, node-3');
    await w.local.fill('alice', 'Container engines', 'One node after another');
    await w.local.fill('alice', 'Reason', 'before "the" upgrade');
    await w.local.submit('alice');
    await vi.waitFor(async () => expect(await w.changes.get(ID)).not.toBeNull(), PATIENT);
    const { change } = (await w.changes.get(ID)) ?? {};
    expect(change?.intent).toEqual({
      verb: 'add',
      cluster: 'lab',
      nodes: ['node-1', 'node-3'],
      engines: 'rolling',
      reason: 'before "the" upgrade',
    });
    expect(change?.channel).toBe('C0OPS');
    expect(w.ephemeralFor(ALICE)).toEqual([]);
  });

  it('is drawn again for another verb, without the ticks, and keeps the reason', async () => {
    const w = await inspected();
    await w.local.command('alice', '/registry-ha add');
    await shows(w, 'node-3');
    await w.local.fill('alice', 'Reason', 'a new disk');
    await w.local.fill('alice', 'Nodes', 'node-3');
    await w.local.fill('alice', 'Change', 'Remove registries');
    await shows(w, 'Keep the ISO files');
    expect(JSON.stringify(newest(w)?.view)).toContain('node-1 and node-3 (no registry).');
    await w.local.fill('alice', 'Nodes', 'node-2');
    await w.local.submit('alice');
    await vi.waitFor(async () => expect(await w.changes.get(ID)).not.toBeNull(), PATIENT);
    expect((await w.changes.get(ID))?.change.intent).toMatchObject({
      verb: 'remove',
      nodes: ['node-2'],
      reason: 'a new disk',
    });
  });

  it('explains a mistake at its field, and stays open', async () => {
    const w = await inspected();
    await w.local.command('alice', '/registry-ha drill');
    await shows(w, 'node-2');
    await w.local.submit('alice');
    await shows(w, 'Please complete this required field.');
    await w.local.fill('alice', 'Nodes', 'node-2');
    await w.life.beat({ trouble: null, nodes: { ...NODES, names: ['bootstrap', 'node-1'] }, who: null });
    await w.local.submit('alice');
    await shows(w, 'The cluster lab has no node “node-2”.');
    expect(Object.keys(newest(w)?.errors ?? {})).toEqual(['nodes lab drill']);
    expect(await w.changes.open()).toEqual([]);
  });

  it('says after its submission why the request is refused, with the command to repeat', async () => {
    const w = await inspected();
    await w.local.command('alice', '/registry-ha add');
    await shows(w, 'node-3');
    await w.local.fill('alice', 'Nodes', 'node-3');
    await w.local.fill('alice', 'Reason', 'why not');
    w.local.fault('slack-archived', []);
    await w.local.submit('alice');
    const says = await vi.waitFor(() => {
      const [text = ''] = w.ephemeralFor(ALICE);
      expect(text).not.toBe('');
      return text;
    }, PATIENT);
    expect(says).toContain('/invite @registry-ha');
    expect(says).toContain('You requested: `/registry-ha add node-3 --reason "why not"`');
  });

  it('that Slack takes no more leaves the command to type', async () => {
    const w = await inspected();
    w.local.fault('slack-5xx', ['views.open']);
    await w.local.command('alice', '/registry-ha drill');
    await vi.waitFor(() => expect(w.ephemeralFor(ALICE)).toHaveLength(1), PATIENT);
    expect(w.ephemeralFor(ALICE)[0]).toContain('`/registry-ha drill node-2 --reason "ticket 4711"`');
  });

  it('does not open while the worker names no nodes: the command can be typed', async () => {
    const w = await world();
    await w.local.command('alice', '/registry-ha');
    await vi.waitFor(() => expect(w.ephemeralFor(ALICE)).toHaveLength(1), PATIENT);
    expect(w.ephemeralFor(ALICE)[0]).toContain('the worker does not report them. Type the command');
    expect(w.local.modals()).toEqual([]);
  });

  it('is not for those who may request nothing: they get the help', async () => {
    const w = await inspected();
    await w.local.command('mallory', '/registry-ha');
    await vi.waitFor(() => expect(w.ephemeralFor(MALLORY)).toHaveLength(1), PATIENT);
    expect(w.ephemeralFor(MALLORY)[0]).toContain('You may not request or approve changes in this channel.');
    expect(w.local.modals()).toEqual([]);
  });
});

describe('a form', () => {
  const clusterOf = (count: number): FormCluster => ({
    cluster: 'lab',
    verbs: ['add', 'remove'],
    nodes: { names: Array.from({ length: count }, (_, n) => `node-${n + 1}`), bootstrap: ['node-1'] },
    seen: { is: 'none' },
  });

  it.each([1, 2, 11, 12, 101, 102, 350])('of %i nodes is one that Slack takes', (count) => {
    const view = formView({ clusters: [clusterOf(count)], verb: 'add', cluster: null, channel: 'C1' });
    expect(validateBlocks('modal', view?.blocks ?? [])).toEqual([]);
    const drawn = JSON.stringify(view);
    expect(drawn).toContain(count === 1 ? 'No node of this cluster' : `node-${count}`);
  });

  it('offers no node whose name is longer than Slack takes, and says so', () => {
    const long = `${'n'.repeat(160)}.lab`;
    const nodes = { names: ['node-1', 'node-2', long], bootstrap: ['node-1'] };
    const view = formView({ clusters: [{ ...clusterOf(1), nodes }], verb: 'add', cluster: null, channel: 'C1' });
    expect(validateBlocks('modal', view?.blocks ?? [])).toEqual([]);
    expect(JSON.stringify(view)).not.toContain(long);
    expect(JSON.stringify(view)).toContain('must be typed');
  });

  it('asks for the cluster only where there are several, and says which worker is away', () => {
    const away: FormCluster = { ...clusterOf(3), cluster: 'prod', nodes: null };
    const one = formView({ clusters: [clusterOf(3)], verb: null, cluster: null, channel: 'C1' });
    expect(JSON.stringify(one)).not.toContain('"Cluster"');
    const two = formView({ clusters: [clusterOf(3), away], verb: 'remove', cluster: 'prod', channel: 'C1' });
    expect(validateBlocks('modal', two?.blocks ?? [])).toEqual([]);
    expect(JSON.stringify(two)).toContain('The worker of prod does not report');
    expect(JSON.stringify(two)).toContain('/registry-ha remove NODE --cluster prod');
  });
});
