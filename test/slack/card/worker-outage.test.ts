import { afterEach, describe, expect, it } from 'vitest';
import type { WorkerState } from '../../../src/domain/cluster/worker-state.ts';
import { WORKER_THERE } from '../../../src/domain/cluster/worker-state.ts';
import { renderCard } from '../../../src/slack/card/card.ts';
import { CASES } from '../card-cases.ts';
import { approved, planned } from '../card-events.ts';
import { World } from '../notifier-world.ts';

const SILENT: WorkerState = { is: 'silent', since: '2026-11-22T10:04:10.000Z' };
const FULL: WorkerState = { is: 'hindered', says: 'The journal cannot be written: no space left on device.' };

const worlds: World[] = [];
function world(): World {
  const fresh = new World();
  worlds.push(fresh);
  return fresh;
}
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((each) => each.stop()));
});

function textOf(name: string, worker: WorkerState): string {
  const view = CASES[name];
  if (view === undefined) throw new Error(`there is no case ${name}`);
  return renderCard({ ...view, worker }, 'plan').text;
}

describe('a change that nobody works on', () => {
  it('says so, since when, and what to do', () => {
    expect(textOf('applying-copies', SILENT)).toBe(
      'Add a registry on node-2 (lab-7f3k2q). Interrupted. 1 of 10 steps done. The worker of cluster lab has not been heard of since 2026-11-22 10:04 UTC. The change goes on by itself when the worker is back: look at `systemctl status registry-ha-worker` on the bootstrap node.',
    );
    expect(textOf('requested', SILENT)).toContain('No worker answers. Nothing has been started.');
    expect(textOf('approved', { is: 'silent', since: null })).toContain('cluster lab has never been heard of.');
  });

  it('says why a worker that is there cannot work', () => {
    expect(textOf('applying-copies', FULL)).toContain('Held up. 1 of 10 steps done. The journal cannot be written: no');
  });

  it('leaves alone the cards that wait for a person, or for nobody', () => {
    for (const name of ['planned', 'done', 'failed-in-a-state']) {
      expect(textOf(name, SILENT)).toBe(textOf(name, WORKER_THERE));
    }
  });
});

describe('the card of a change whose worker falls silent', () => {
  const leads = (w: World, id: string) => w.slack.texts(id).map((text) => /\)\. ([^.…]+)/.exec(text)?.[1]);

  it('says so although nothing is written any more, once over two replicas, and not any more when the worker acts', async () => {
    const w = world();
    w.start();
    w.start();
    await w.request('lab-aaaaaa');
    await w.tell('lab-aaaaaa', planned(), approved(), { type: 'started', at: w.at });
    await w.clock.advance(20_000);
    w.worker = SILENT;
    await w.clock.advance(20_000);
    w.worker = WORKER_THERE;
    await w.clock.advance(60_000);
    expect(leads(w, 'lab-aaaaaa')).toEqual(['At work', 'Interrupted', 'At work']);
  });

  it('says so of a fresh request, which nobody looks at', async () => {
    const w = world();
    w.worker = SILENT;
    w.start();
    await w.request('lab-aaaaaa');
    await w.clock.advance(10_000);
    expect(leads(w, 'lab-aaaaaa')).toEqual(['No worker answers']);
  });

  it('is made true by a bot that was away meanwhile', async () => {
    const w = world();
    w.worker = SILENT;
    w.start();
    await w.request('lab-aaaaaa');
    await w.clock.advance(10_000);
    await w.stop();
    const after = world();
    Object.assign(after, { cards: w.cards, changes: w.changes, slack: w.slack, clock: w.clock });
    after.start();
    await w.clock.advance(10_000);
    expect(leads(w, 'lab-aaaaaa')).toEqual(['No worker answers', 'Looking at the cluster']);
  });
});
