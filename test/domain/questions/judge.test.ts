import { describe, expect, it } from 'vitest';
import { clusterStatusSchema, verdictOf } from '../../../src/domain/questions/status/cluster-status.ts';
import { fixesOf } from '../../../src/domain/questions/status/fixes.ts';
import type { Inspection } from '../../../src/domain/questions/status/inspection.ts';
import { judge } from '../../../src/domain/questions/status/judge.ts';
import { firstLine, gapSentence } from '../../../src/domain/questions/status/words.ts';
import { PLAIN } from '../../../src/domain/text/markup.ts';
import { current, facts } from '../../fixtures/facts.ts';
import { type Found, foundAfterAdd, inspectionOf } from '../../fixtures/inspection.ts';

const found = foundAfterAdd();
const { kube, files } = found;
const pod = (changes: object): Partial<Found> => ({
  kube: { ...kube, registries: kube.registries.map((one) => (one.node === 'node-2' ? { ...one, ...changes } : one)) },
});
const CURRENT = [current.id];
const without = <T extends { readonly mountpoint: string }>(entries: readonly T[]) =>
  entries.filter(({ mountpoint }) => mountpoint !== `/srv/scality/${current.id}`);
const fileIs = (is: 'absent' | 'different' | 'directory' | 'unread'): Partial<Found> => ({
  files: { ...files, files: files.files.map((one) => (one.path === current.path ? { ...one, is } : one)) },
});

const staleOf = (changes: Partial<Found>) =>
  judge(inspectionOf(changes)).registries.find(({ node }) => node === 'node-2')?.stale;

const COPY = '/etc/kubernetes/manifests/repositories.yaml.bak';

describe('HA holds', () => {
  it('when every registry serves everything, and every engine lists every registry', () => {
    const status = judge(inspectionOf());
    expect(verdictOf(status)).toBe('holds');
    expect(firstLine(status)).toBe('HA holds: 2 registries serve all 5 images, all 4 engines list them.');
  });
});

describe('a registry is stale', () => {
  it.each<[string, Partial<Found>, readonly string[]]>([
    ['archive-missing', fileIs('absent'), CURRENT],
    ['archive-differs', fileIs('different'), CURRENT],
    ['archive-differs', fileIs('directory'), CURRENT],
    ['not-mounted', { files: { ...files, mounts: without(files.mounts) } }, CURRENT],
    ['not-in-fstab', { files: { ...files, fstab: without(files.fstab) } }, CURRENT],
    [
      'include-missing',
      { files: { ...files, registryConfig: files.registryConfig.filter((name) => !name.includes(current.id)) } },
      CURRENT,
    ],
    ['manifest-copied', { files: { ...files, manifestCopies: [COPY] } }, [COPY]],
    ['not-in-pod', pod({ carries: ['metalk8s-127.0.6', 'example-solution-0.1.0'] }), CURRENT],
    ['pod-version', pod({ version: '127.0.6' }), ['127.0.6']],
    ['not-ready', pod({ ready: false }), []],
    [
      'images-missing',
      {
        served: found.served.map((one) =>
          one.node === 'node-2' && one.archive === current.id
            ? { ...one, missing: { is: 'known', value: ['pause:3.9'] } }
            : one,
        ),
      },
      CURRENT,
    ],
    ['not-in-endpoints', { kube: { ...kube, endpoints: { ready: ['10.200.3.11'], notReady: ['10.200.3.13'] } } }, []],
    [
      'not-in-engines',
      {
        engines: found.engines.map((one) =>
          one.node === 'node-3' ? { node: 'node-3', is: 'known', endpoints: ['http://10.200.3.11:8080'] } : one,
        ),
      },
      ['node-3'],
    ],
  ])('%s', (is, changes, of) => {
    expect(staleOf(changes)).toEqual([{ is, of, more: 0 }]);
    const status = judge(inspectionOf(changes));
    expect(verdictOf(status)).toBe('incomplete');
    expect(firstLine(status)).toMatch(/^HA is not complete: /);
    expect(clusterStatusSchema.parse(status)).toEqual(status);
  });

  it('when the bootstrap node has no pod', () => {
    const status = judge(inspectionOf({ kube: { ...kube, registries: kube.registries.slice(1) } }));
    expect(status.registries[0]).toMatchObject({ node: 'bootstrap', stale: [{ is: 'pod-missing' }] });
  });
});

const onlySolutions = found.bootstrap.archives.filter((one) => one.is === 'sound' && one.archive.kind === 'solution');

describe('it is unknown whether HA holds', () => {
  it('when nothing says which version the cluster has', () => {
    const status = judge(inspectionOf({ kube: { ...kube, clusterVersion: null } }));
    expect(verdictOf(status)).toBe('unknown');
    expect(firstLine(status)).toContain('has no annotation metalk8s.scality.com/cluster-version');
  });

  it('when bootstrap.yaml is unreadable, and not that it lists nothing', () => {
    const bootstrapFile = { is: 'unreadable', says: 'It is not valid YAML.' } as const;
    const status = judge(inspectionOf({ bootstrap: { ...found.bootstrap, bootstrapFile, archives: onlySolutions } }));
    expect(verdictOf(status)).toBe('unknown');
    expect(status.gaps).toEqual([]);
  });
});

it('names what to do about archives that are mounted or needed, and not listed', () => {
  const { bootstrap } = found;
  const says = (changes: Partial<typeof bootstrap>) =>
    judge(inspectionOf({ bootstrap: { ...bootstrap, ...changes } })).gaps.map((one) => gapSentence(one, PLAIN));
  expect(says({ archives: onlySolutions })).toEqual([
    'bootstrap.yaml lists no archive of 128.0.1, which is the version of the cluster. Add its ISO with iso-manager.sh -a, then run /registry-ha sync',
  ]);
  expect(says({ mountedUnlisted: ['old-1.0.0'] })).toEqual([
    'The bootstrap node has old-1.0.0 mounted, but lists it in no file. List it with solutions.sh import, or unmount it with solutions.sh unimport',
  ]);
});

describe('the cluster is not complete', () => {
  it.each<[string, Partial<Found>, readonly string[]]>([
    [
      'strange-endpoint',
      { kube: { ...kube, endpoints: { ...kube.endpoints, ready: [...kube.endpoints.ready, '10.200.3.14'] } } },
      ['10.200.3.14'],
    ],
    [
      'strange-in-engine',
      {
        engines: found.engines.map((one) =>
          one.node === 'node-1' && one.is === 'known'
            ? { ...one, endpoints: [...one.endpoints, 'http://10.200.3.99:8080'] }
            : one,
        ),
      },
      ['node-1'],
    ],
    [
      'former-bootstrap',
      {
        kube: {
          ...kube,
          formerBootstraps: ['node-3'],
          registries: [...kube.registries, { node: 'node-3', ready: true, version: '128.0.1', carries: [] }],
          endpoints: { ...kube.endpoints, ready: [...kube.endpoints.ready, '10.200.3.14'] },
        },
      },
      ['node-3'],
    ],
    [
      'bad-archive',
      {
        bootstrap: {
          ...found.bootstrap,
          archives: [
            ...found.bootstrap.archives,
            { is: 'bad', path: '/x.iso', listedIn: 'b', fault: 'missing', says: 'It is missing.' },
          ],
        },
      },
      ['/x.iso'],
    ],
    ['version-unlisted', { bootstrap: { ...found.bootstrap, archives: onlySolutions } }, ['128.0.1']],
    ['version-unlisted', { bootstrap: { ...found.bootstrap, archives: [] } }, ['128.0.1']],
    ['solution-unlisted', { bootstrap: { ...found.bootstrap, mountedUnlisted: ['old-1.0.0'] } }, ['old-1.0.0']],
  ])('%s', (is, changes, of) => {
    const status = judge(inspectionOf(changes));
    expect(status.gaps).toMatchObject([{ is, of, more: 0 }]);
    expect(verdictOf(status)).toBe('incomplete');
  });

  it('names the address that an engine lists in vain, and the replaced node that has it now, with both ways on', () => {
    const url = 'http://10.200.3.14:8080';
    const engines = found.engines.map((one) =>
      one.is === 'known' ? { ...one, endpoints: [...one.endpoints, url] } : one,
    );
    const [gap] = clusterStatusSchema.parse(judge(inspectionOf({ engines }))).gaps;
    expect(gap).toMatchObject({ is: 'strange-in-engine', dead: [{ url, owner: 'node-3' }] });
    if (gap === undefined) return;
    expect(gapSentence(gap, PLAIN)).toBe(
      'The engine of bootstrap, node-1, node-2 and node-3 lists http://10.200.3.14:8080 (the address of node-3), where no registry is. To take it out: /registry-ha sync. To give node-3 a registry: /registry-ha add node-3',
    );
    // As a worker before this field wrote it.
    expect(gapSentence({ is: 'strange-in-engine', of: ['node-1'], more: 0 }, PLAIN)).toBe(
      'The engine of node-1 lists an address where no registry is. To take it out: /registry-ha sync',
    );
  });

  it('does not count the registry of a former bootstrap node, and says what to do with it', () => {
    const registries = [...kube.registries, { node: 'node-3', ready: true, version: '128.0.1', carries: [] }];
    const status = judge(inspectionOf({ kube: { ...kube, formerBootstraps: ['node-3'], registries } }));
    expect(status.registries.map(({ node }) => node)).toEqual(['bootstrap', 'node-2']);
    const [gap] = clusterStatusSchema.parse(status).gaps;
    if (gap === undefined) throw new Error('no gap');
    expect(gapSentence(gap, PLAIN)).toBe(
      'The former bootstrap node node-3 runs again. Switch that machine off, then run kubectl delete node node-3',
    );
  });

  it('one-registry: without a second registry there is no HA', () => {
    const only = facts();
    const status = judge(inspectionOf({ kube: only.kube, engines: only.engines }));
    expect(firstLine(status)).toBe('There is no HA: only bootstrap has a registry.');
  });
});

it('offers no change to a registry beside a copy of its manifest, as every change is refused until the copy is moved', () => {
  const status = judge(inspectionOf({ files: { ...files, fstab: [], manifestCopies: [COPY] } }));
  expect(fixesOf(status)).toEqual([]);
  expect(fixesOf(judge(inspectionOf({ files: { ...files, fstab: [] } })))).toHaveLength(1);
});

describe('a worker on another machine than the bootstrap node', () => {
  it('knows nothing about the registries', () => {
    const bootstrap = { ...found.bootstrap, machine: { id: 'another', uuid: null } };
    const status = judge(inspectionOf({ bootstrap }));
    expect(verdictOf(status)).toBe('unknown');
    expect(firstLine(status)).toContain(
      'This worker is not on bootstrap, the bootstrap node: its machine ID is another',
    );
  });
});

describe('unknown is neither fine nor stale', () => {
  const unknown = (says: string) => ({ is: 'unknown', says }) as const;
  it.each<[string, Partial<Inspection>]>([
    ['Kubernetes', { kube: unknown('Kubernetes does not answer.') }],
    ['the bootstrap node’s files', { bootstrap: unknown('The disk is broken.') }],
    ['the engines', { engines: unknown('The Salt master does not answer.') }],
    ['the files of node-2', { nodes: [{ node: 'node-2', found: unknown('node-2 refused the login.') }] }],
    ['node-2, which was not inspected', { nodes: [] }],
    [
      'what node-2 serves',
      {
        served: found.served.map((one) =>
          one.node === 'node-2' ? { ...one, missing: unknown('It does not answer.') } : one,
        ),
      },
    ],
    ['what was not asked', { served: [] }],
  ])('%s', (_, parts) => {
    const status = judge(inspectionOf({}, parts));
    expect(status.registries.flatMap(({ stale }) => stale)).toEqual([]);
    expect(status.gaps).toEqual([]);
    expect(verdictOf(status)).toBe('unknown');
    expect(firstLine(status)).toMatch(/^It is unknown whether HA holds: /);
  });

  it('a file that is not compared yet, an engine that is silent, and one with another layout', () => {
    const engines = (engine: { readonly is: 'silent' | 'other-layout'; readonly says: string }): Partial<Found> => ({
      engines: found.engines.map((one) => (one.node === 'node-3' ? { node: 'node-3', ...engine } : one)),
    });
    const silent = { is: 'silent', says: 'The minion of node-3 did not answer.' } as const;
    const other = { is: 'other-layout', says: 'it has no mirrors.' } as const;
    for (const changes of [fileIs('unread'), engines(silent), engines(other)]) {
      const status = judge(inspectionOf(changes));
      expect(verdictOf(status)).toBe('unknown');
      expect(status.registries.flatMap(({ stale }) => stale)).toEqual([]);
    }
  });

  it('what is known to be missing is said even if more is unknown', () => {
    const status = judge(inspectionOf(fileIs('absent'), { engines: { is: 'unknown', says: 'No Salt.' } }));
    expect(firstLine(status)).toBe(
      'HA is not complete: the registry of node-2 is stale. Not everything could be read.',
    );
  });
});
