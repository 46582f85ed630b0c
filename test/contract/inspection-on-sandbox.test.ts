import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verdictOf } from '../../src/domain/questions/status/cluster-status.ts';
import { judge } from '../../src/domain/questions/status/judge.ts';
import { FORTY_NODES, inspecting, NODES } from '../fixtures/forty-nodes.ts';
import { PATIENCE_MS } from '../fixtures/patience.ts';
import { removeFolder } from '../harness/stage/own-folder.ts';
import { nodeOf, type Started, started } from '../sandbox/cluster/started.ts';

let world: Started;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inspection-'));
  world = await started(FORTY_NODES);
}, PATIENCE_MS * 4);
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  await removeFolder(folder);
});

const commandsOn = (node: string) => nodeOf(world.cluster, node).commandLog.length;

test(
  'an inspection of 40 nodes with 5 archives sends at most six commands to a node, and knows every ISO after two',
  async () => {
    const { inspect, surprises, close } = await inspecting(world.cluster, folder);
    try {
      const first = judge(await inspect());
      expect(surprises).toEqual([]);
      expect(Math.max(...NODES.map(commandsOn))).toBeLessThanOrEqual(6);
      expect(first.registries[2]?.unknown).toEqual([expect.stringMatching(/is not compared yet\.$/)]);
      const status = judge(await inspect());
      expect(Math.max(...NODES.map(commandsOn))).toBeLessThanOrEqual(12);
      expect(status.registries.flatMap(({ unknown }) => unknown)).toEqual([]);
      expect(status).toMatchObject({ unknown: [], gaps: [], engines: { all: 40, right: 40 } });
      expect(verdictOf(status)).toBe('incomplete');
      const stale = status.registries.filter((one) => one.stale.length > 0);
      expect(stale.map(({ node }) => node)).toEqual(['node-1']);
      expect(stale[0]?.stale.map(({ is }) => is)).toContain('include-missing');
    } finally {
      await close();
    }
  },
  PATIENCE_MS * 4,
);
