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
  return renderCard({ ...view, worker }).text;
}

describe('the card of an open change', () => {
  it('says that the worker is silent, since when, and what to do', () => {
    expect(textOf('applying-copies', SILENT)).toBe(
      'Add a registry on node-2 (lab-7f3k2q). Interrupted. 1 of 10 steps done. The worker of cluster lab has sent no heartbeat since 2026-11-22 10:04 UTC. Check `systemctl status registry-ha-worker` on the bootstrap node. The change resumes by itself when the worker is back.',
    );
    expect(textOf('requested', SILENT)).toContain('No worker answers. No step has started.');
    expect(textOf('approved', { is: 'silent', since: null })).toContain('cluster lab has never sent a heartbeat.');
  });

  it('says why a running worker cannot work', () => {
    expect(textOf('applying-copies', FULL)).toContain('Blocked. 1 of 10 steps done. The journal cannot be written: no');
  });

  it('ignores the worker in states that do not need it', () => {
    for (const name of ['planned', 'done', 'failed-in-a-state']) {
      expect(textOf(name, SILENT)).toBe(textOf(name, WORKER_THERE));
    }
  });
});

describe('the card of a change whose worker falls silent', () => {
  const leads = (w: World, id: string) => w.slack.texts(id).map((text) => /\)\. ([^.…]+)/.exec(text)?.[1]);

  it('says so without a new entry, once over two replicas, and until the worker acts again', async () => {
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
    expect(leads(w, 'lab-aaaaaa')).toEqual(['In progress', 'Interrupted', 'In progress']);
  });

  it('says so for a new request', async () => {
    const w = world();
    w.worker = SILENT;
    w.start();
    await w.request('lab-aaaaaa');
    await w.clock.advance(10_000);
    expect(leads(w, 'lab-aaaaaa')).toEqual(['No worker answers']);
  });

  it('is corrected by a bot that was down meanwhile', async () => {
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
    expect(leads(w, 'lab-aaaaaa')).toEqual(['No worker answers', 'Inspecting the cluster']);
  });
});
