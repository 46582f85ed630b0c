import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { metalk8sOf, solutionOf } from '../../src/adapters/bootstrap/archives/product.ts';
import { isoLines } from '../../src/adapters/bootstrap/node/mounts.ts';
import { accessOf } from '../../src/adapters/kube/access.ts';
import { endpointsFacts, nodeFacts, registryFacts, saltMasterOf } from '../../src/adapters/kube/facts.ts';
import { endpointsSchema, nodeListSchema, podListSchema } from '../../src/adapters/kube/schemas.ts';
import { fileSystemIn, fstabIn, isListening, linesIn, mountsIn } from '../../src/adapters/node/parse.ts';
import {
  addKnownKey,
  findKnownKeys,
  formatKnownHosts,
  parseKnownHosts,
  standingOf,
} from '../../src/adapters/ssh/login/known-hosts.ts';
import { isNodeName } from '../../src/domain/cluster/node-name.ts';
import { digestIn, fileIn, targetIn } from '../../src/domain/node-commands/copy-commands.ts';
import { type Ended, exit } from '../../src/domain/node-commands/ended.ts';
import { CASES, fuzz, jsonLike, refusalOr, spoilt, wordsLike } from './arbitraries.ts';

const TABLE = [
  '/',
  '/srv',
  '/srv/scality/a-1',
  'iso9660',
  '/dev/loop1',
  ' - ',
  '\\040',
  '\\777',
  '#',
  '1048576',
  '-',
  '\t',
  '\n',
  'ro',
  'Avail',
];
const lines = wordsLike(TABLE, ['', ' ', '\n']);

describe('output of a node’s programs', { timeout: 600_000 }, () => {
  it('df: yields a file system with a size, or none', () => {
    fuzz(lines, (text) => {
      const found = fileSystemIn(text);
      if (found !== null) expect(found.mountpoint).toMatch(/^\//);
    });
  });

  it('findmnt and losetup: yield mounts, or an error about their format', () => {
    const keys = ['filesystems', 'target', 'source', 'loopdevices', 'name', 'back-file'];
    const json = fc.oneof(jsonLike(keys, TABLE), lines);
    fuzz(fc.tuple(json, json), (two) => void refusalOr(() => mountsIn(...two), z.ZodError));
  });

  it('fstab, mountinfo, ss and ls: yield valid lines, whatever is between them', () => {
    fuzz(lines, (text) => {
      for (const { mountpoint } of fstabIn(text)) expect(mountpoint).not.toBe('');
      for (const { id } of isoLines(text)) expect(id).not.toContain('/');
      expect(linesIn(text)).not.toContain('');
      expect(isListening(text, '10.0.0.1:8080')).toBe(false);
    });
    expect(isListening('LISTEN 0 128 0.0.0.0:8080 0.0.0.0:*', '10.0.0.1:8080')).toBe(true);
  });

  it('stat and digests: yield a file, or none', () => {
    const text = fc.oneof(lines, spoilt(['5 81a4 1:2:3:4\n5 81a4 1:2:3:5\n', `${'a'.repeat(64)}  /srv/a.iso\n`]));
    fuzz(
      fc.tuple(text, text, fc.constantFrom<Ended>({ is: 'connection-lost' }, exit(0), exit(1))),
      ([stdout, stderr, ended]) => {
        const seen = targetIn({ ended, stdout, stderr });
        if (seen !== null) expect(ended).toEqual(exit(0));
        fileIn({ ended, stdout, stderr });
        expect(digestIn(stdout) ?? 'a'.repeat(64)).toMatch(/^[0-9a-f]{64}$/);
      },
    );
  });
});

describe('the identity of an archive', { timeout: 600_000 }, () => {
  it('is an ID that is a valid folder name, or an explanation', async () => {
    const text = fc.oneof(
      wordsLike(['NAME=MetalK8s', 'VERSION=', '1.2.3', '../..', '\n', '$(reboot)', ' '], ['', '\n']),
      wordsLike(
        ['kind: Solution\n', 'metadata: {name: a-b}\n', 'spec: {version: 1.2}\n', 'name: ', '&a ', '*a', '<<: '],
        [''],
      ),
    );
    await fc.assert(
      fc.asyncProperty(text, async (content) => {
        const iso = { bytes: 0, read: async () => content };
        for (const answer of [await metalk8sOf(iso, '/srv/a.iso'), await solutionOf(iso, '/srv/a.iso')])
          if ('id' in answer) expect(answer.id).toMatch(/^[a-z0-9][\w.+-]*$/);
      }),
      CASES,
    );
  });
});

describe('an answer of Kubernetes', { timeout: 600_000 }, () => {
  const keys = [
    'items',
    'metadata',
    'name',
    'labels',
    'annotations',
    'status',
    'addresses',
    'conditions',
    'type',
    'address',
    'spec',
    'nodeName',
    'volumes',
    'hostPath',
    'path',
    'subsets',
    'ip',
  ];
  const words = [
    'node-2',
    'InternalIP',
    '10.0.0.1',
    'Ready',
    'True',
    'metalk8s.scality.com/ssh-port',
    '22',
    'a,b',
    '/srv/scality/a/images',
  ];
  const good = JSON.stringify({
    items: [
      {
        metadata: { name: 'node-2', labels: { 'node-role.kubernetes.io/x': '' } },
        spec: {},
        status: { addresses: [{ type: 'InternalIP', address: '10.0.0.1' }] },
      },
    ],
  });
  const answer = fc
    .oneof(spoilt([good]), jsonLike(keys, words))
    .map((text) => refusalOr<unknown>(() => JSON.parse(text), SyntaxError));

  it('yields nodes with valid names, or is not used', () => {
    fuzz(answer, (given) => {
      const nodes = (nodeListSchema.safeParse(given).data?.items ?? []).map(nodeFacts);
      for (const { name } of nodes) expect(isNodeName(name)).toBe(true);
      const pods = podListSchema.safeParse(given).data?.items ?? [];
      expect(isNodeName(saltMasterOf(pods, nodes)?.pod ?? 'a')).toBe(true);
      for (const pod of pods) registryFacts(pod);
      endpointsFacts(endpointsSchema.safeParse(given).data ?? null);
    });
  });

  it('yields an SSH access with a valid port', () => {
    const annotation = wordsLike(['22', '65536', '-1', '0x16', '../../etc/shadow', 'true', '-oProxyCommand=x']);
    fuzz(fc.tuple(annotation, annotation), ([port, path]) => {
      const said = { 'metalk8s.scality.com/ssh-port': port, 'metalk8s.scality.com/ssh-key-path': path };
      const access = accessOf('node-2', '10.0.0.1', said);
      expect(access.port > 0 && access.port < 65_536 && access.keyPath.startsWith('/')).toBe(true);
    });
  });
});

describe('known_hosts', { timeout: 600_000 }, () => {
  const key = { algorithm: 'ssh-ed25519', key: 'AAAAC3NzaC1lZDI1NTE5AAAAIEVk' };
  const words = [
    '@revoked',
    '@cert-authority',
    '*',
    '?',
    '!',
    ',',
    '|1|',
    '10.0.0.1',
    '[10.0.0.1]:2222',
    key.algorithm,
    key.key,
    '#',
    '\t',
    '\n',
    '(',
    '[a-',
  ];
  const file = wordsLike(words, ['', ' ', '\n']);
  const place = fc.record({
    node: fc.constantFrom('node-2', 'node-3'),
    host: fc.constantFrom('10.0.0.1', 'node-2.lab', 'fe80::1'),
    port: fc.constantFrom(22, 2222),
  });

  it('keeps every line unchanged', () => {
    fuzz(file, (text) =>
      expect(formatKnownHosts(parseKnownHosts(text))).toBe(text === '' || text.endsWith('\n') ? text : `${text}\n`),
    );
  });

  it('accepts an added key for its host, unless the file says otherwise', () => {
    fuzz(fc.tuple(file, place), ([text, there]) => {
      const before = parseKnownHosts(text);
      const isRevoked = standingOf(before, there, key).is === 'revoked';
      const after = addKnownKey(before, there, key);
      expect(standingOf(after, there, key).is).toBe(isRevoked ? 'revoked' : 'pinned');
      expect(findKnownKeys(after, there)).toContainEqual(expect.objectContaining(key));
      const elsewhere = { node: there.node, host: '192.168.7.7', port: 7 };
      expect(standingOf(after, elsewhere, key)).toEqual(standingOf(before, elsewhere, key));
    });
  });
});
