import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { choose } from '../harness/trials/choose.ts';
import type { StageAttack } from './attack.ts';
import { families } from './attacks.ts';
import { dealt, inOrder } from './lanes.ts';

const attack = (name: string): StageAttack => ({ on: 'bot', name, tries: '', stopped: async () => '' });
const family = (name: string, count: number) => Array.from({ length: count }, (_, n) => attack(`${name}${n}`));
const named = (lanes: readonly (readonly { readonly name: string }[])[]) =>
  lanes.map((lane) => lane.map(({ name }) => name));

describe('parallel attacks', () => {
  it('keep each family together and in order, in the lane with the fewest attacks', () => {
    const lanes = dealt([family('a', 3), family('b', 1), family('c', 1), family('z', 2)], 2);
    expect(named(lanes)).toEqual([
      ['a0', 'a1', 'a2'],
      ['b0', 'c0', 'z0', 'z1'],
    ]);
    expect(dealt([family('a', 1)], 4)).toHaveLength(1);
  });

  it('are in random order by the seed, but the family that changes the cluster stays last', () => {
    const all = ['a', 'b', 'c', 'd', 'e', 'z'].map((name) => family(name, 1));
    expect(inOrder(all, null)).toBe(all);
    const drawn = named(inOrder(all, 'seed'));
    expect(named(inOrder(all, 'seed'))).toEqual(drawn);
    expect(drawn).not.toEqual(named(all));
    expect(drawn.at(-1)).toEqual(['z0']);
    expect(drawn.flat().toSorted()).toEqual(named(all).flat());
  });

  it('have unique names', () => {
    const names = families()
      .flat()
      .map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('end with the replays, after which a node has its registry and cannot be requested again', () => {
    expect(
      families()
        .at(-1)
        ?.map(({ name }) => name),
    ).toContain('approval-replayed-after-the-end');
  });

  it('can be selected by every name in the documentation', () => {
    const docs = join(import.meta.dirname, '../../docs');
    const text = readdirSync(docs)
      .filter((name) => name.endsWith('.md'))
      .map((name) => readFileSync(join(docs, name), 'utf8'))
      .join('\n');
    const uses = [...text.matchAll(/npm run attack -- --only '?([^'`]+)/g)].map(([, words = '']) => words);
    expect(uses.length).toBeGreaterThan(0);
    for (const words of uses)
      expect(choose(families().flat(), words.replaceAll('\\|', '|'))).toMatchObject({ is: 'chosen' });
  });
});
