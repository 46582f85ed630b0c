import { describe, expect, it } from 'vitest';
import { inspectAll } from '../../../src/app/watch/inspect-all.ts';
import { Unreachable } from '../../../src/domain/answers/failure.ts';
import { verdictOf } from '../../../src/domain/questions/status/cluster-status.ts';
import { judge } from '../../../src/domain/questions/status/judge.ts';
import { FakeLab } from '../../fakes/fake-lab.ts';
import { finished } from '../../fixtures/facts.ts';

const signal = new AbortController().signal;

/** A lab after `add node-2`, and what an inspection of it needs. */
function lab() {
  const of = new FakeLab();
  of.change = () => finished();
  const inside = of.inside('node-2');
  for (const archive of of.facts().bootstrap.archives) {
    if (archive.is !== 'sound') continue;
    inside.files.add(archive.archive.path);
    for (const ids of [inside.mounted, inside.fstab]) ids.add(archive.archive.id);
  }
  for (const name of [
    '99-metalk8s-127.0.6-registry.inc',
    '99-metalk8s-128.0.1-registry.inc',
    'example-solution-0.1.0-registry-config.inc',
  ]) {
    inside.config.add(name);
  }
  inside.registry = new Set(['metalk8s-127.0.6', 'metalk8s-128.0.1', 'example-solution-0.1.0']);
  const surprises: unknown[] = [];
  const ports = {
    kubernetes: of.kubernetes,
    bootstrap: of.bootstrap,
    salt: of.salt,
    targets: of.targets,
    registries: of.registries,
    cluster: 'lab',
    now: () => new Date('2026-11-22T10:00:00.000Z'),
    onUnexpected: (error: unknown) => void surprises.push(error),
  };
  return { ports, surprises };
}

describe('an inspection outside of any change', () => {
  it('knows everything when everything answers', async () => {
    const { ports, surprises } = lab();
    const status = judge(await inspectAll(ports, signal));
    expect(status).toMatchObject({ unknown: [], gaps: [] });
    expect(verdictOf(status)).toBe('holds');
    expect(surprises).toEqual([]);
  });

  it('keeps the rest when one part cannot be read', async () => {
    const { ports, surprises } = lab();
    const away = () => Promise.reject(new Unreachable('node-2', 'unreachable', 'node-2 cannot be reached.'));
    const found = await inspectAll({ ...ports, targets: { registryFiles: away } }, signal);
    expect(found.nodes).toEqual([{ node: 'node-2', found: { is: 'unknown', says: 'node-2 cannot be reached.' } }]);
    expect(found.served.every(({ missing }) => missing.is === 'known')).toBe(true);
    expect(verdictOf(judge(found))).toBe('unknown');
    expect(surprises).toEqual([]);
  });

  it('reports an unexpected error, and keeps the rest', async () => {
    const { ports, surprises } = lab();
    const broken = { ...ports.salt, engines: () => Promise.reject(new TypeError('a defect')) };
    const found = await inspectAll({ ...ports, salt: broken }, signal);
    expect(found.engines).toMatchObject({ is: 'unknown' });
    expect(found.kube.is).toBe('known');
    expect(surprises).toHaveLength(1);
  });

  it('ends at its limit even if a part does not, and keeps what it has', async () => {
    const { ports } = lab();
    const limit = new AbortController();
    const hung = {
      ...ports.salt,
      answering: () => {
        setImmediate(() => limit.abort(new Error('late')));
        return new Promise<never>(() => undefined);
      },
    };
    const found = await inspectAll({ ...ports, salt: hung }, limit.signal);
    expect(found.engines).toEqual({ is: 'unknown', says: 'It was not read in time.' });
    expect(found.kube.is).toBe('known');
  });

  it('without Kubernetes still reads the bootstrap node, and claims nothing about the rest', async () => {
    const { ports } = lab();
    const down = {
      look: () => Promise.reject(new Unreachable('Kubernetes', 'kubernetes', 'The API does not answer.')),
    };
    const found = await inspectAll({ ...ports, kubernetes: down }, signal);
    expect(found.bootstrap.is).toBe('known');
    expect(judge(found)).toMatchObject({ registries: [], gaps: [], unknown: ['The API does not answer.'] });
  });

  it('names a silent minion, and reads the engines of the others', async () => {
    const { ports } = lab();
    const salt = {
      ...ports.salt,
      answering: async (names: readonly string[]) => names.filter((name) => name !== 'node-3'),
    };
    const status = judge(await inspectAll({ ...ports, salt }, signal));
    expect(status.engines).toMatchObject({ all: 4, right: 3, unread: [{ node: 'node-3' }] });
  });
});
