import { expect, it } from 'vitest';
import { eventInWords } from '../../../src/domain/change/event-words.ts';
import { everyEvent } from '../../contract/changes-events.ts';

it('formats every event on one line: what, who, plan and details', () => {
  expect(everyEvent('lab-7f3k2q').map(eventInWords).join('\n')).toMatchInlineSnapshot(`
    "requested by U1 (alice): add node-2, reason: more copies
    planned plan d1: 17 steps, expires 2026-03-01T10:00:00.000Z
    voted by U2 (bob)
    approved by U2 plan d1: requested by U1, must start by 2026-03-01T10:00:00.000Z, signed with k1
    approved by U1 U2 plan d1: requested by U1, must start by 2026-03-01T10:00:00.000Z, signed with k1
    started
    engines: started
    engines: job-started: Salt job 20260301100000000001
    found
    undo-asked by U2 (bob)
    undone: by c1-undo22
    engines: done in 3 s: fast
    verify: failed (command) in 1 s: node-2: It broke.
    failed (command): node-2: It broke.
    refused (plan-stale): No.
    denied by U2 (bob)
    expired
    done in 61.5 s: served 3/3 images, engines 2/2"
  `);
});

it('says of a drill how long the registry was away, and what came through whom', () => {
  const drilled = { awaySeconds: 43, image: 'metalk8s-1/utils:1', engine: 'node-3', through: ['node-2'] };
  const proof = { served: 5, expected: 5, archives: 1, engines: 3, engineTotal: 3, blobs: 0, drilled };
  expect(eventInWords({ type: 'done', at: '2026-03-01T10:00:00.000Z', proof, seconds: 61.5 })).toBe(
    'done in 61.5 s: served 5/5 images, engines 3/3, the bootstrap’s registry away for 43 s, node-3 pulled metalk8s-1/utils:1 through node-2',
  );
});

it('says of an undo of copies what is gone, and no counts of images that nobody asked for', () => {
  const counts = { served: 0, expected: 0, archives: 0, engines: 0, engineTotal: 0, blobs: 0 };
  const proof = { ...counts, deleted: { archives: 2, parts: 1 } };
  const done = { at: '2026-03-01T10:00:00.000Z', type: 'done', seconds: 4, proof } as const;
  expect(eventInWords(done)).toContain('gone: 2 copied archives, 1 unfinished copy');
  expect(eventInWords(done)).not.toContain('0/0');
});
