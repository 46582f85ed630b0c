import { rename } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bootstrapNode } from '../../../../src/adapters/bootstrap/bootstrap-node.ts';
import type { ListedArchive } from '../../../../src/domain/cluster/facts.ts';
import { BOOTSTRAP_FILE, BootstrapRoot, SOLUTIONS_FILE } from '../../../fixtures/bootstrap-root.ts';
import { isoImage, metalk8sIso, solutionIso } from '../../../fixtures/iso.ts';

const { signal } = new AbortController();
const PATH = '/srv/releases/metalk8s-128.0.1.iso';
const ID = 'metalk8s-128.0.1';
let place: BootstrapRoot;

beforeEach(async () => {
  place = await BootstrapRoot.make();
});
afterEach(() => place.remove());

const look = () => bootstrapNode(place.options).look(signal);

async function only(path = PATH): Promise<ListedArchive | undefined> {
  await place.list([path]);
  return (await look()).archives[0];
}

const sound = () => ({ is: 'sound', archive: { id: ID } });

describe('solutions, images and mounts', () => {
  const SOLUTION = '/srv/releases/example.iso';

  const withSolution = async (iso: Buffer, apiVersion = 'solutions.metalk8s.scality.com/v1alpha1') => {
    await place.list([]);
    await place.put(SOLUTION, iso);
    await place.put(
      SOLUTIONS_FILE,
      `apiVersion: ${apiVersion}\nkind: SolutionsConfiguration\narchives: [${SOLUTION}]\n`,
    );
    return await look();
  };

  test('finds a mounted solution by its name and version', async () => {
    await place.mount('example-solution-0.1.0', SOLUTION, ['ui/0.1.0']);
    const { archives, mountedUnlisted } = await withSolution(solutionIso('example-solution', '0.1.0'));
    expect(archives).toMatchObject([
      { is: 'sound', archive: { kind: 'solution', id: 'example-solution-0.1.0', version: '0.1.0' } },
    ]);
    expect(mountedUnlisted).toEqual([]);
  });

  test.each([
    ['1.0', '1.0'],
    ['1.10', '1.1'],
    ['2', '2'],
    ['1e1', '1e1'],
    ['"1.10"', '1.10'],
  ])('reads the version %s as Python prints it', async (written, version) => {
    const iso = isoImage({
      'MANIFEST.YAML': `kind: Solution\nmetadata: {name: example}\nspec: {version: ${written}}\n`,
    });
    await place.mount(`example-${version}`, SOLUTION, ['ui/0.1.0']);
    const { archives } = await withSolution(iso);
    expect(archives).toMatchObject([{ is: 'sound', archive: { id: `example-${version}`, version } }]);
  });

  test('reads a version that YAML takes for a number', async () => {
    const { archives } = await withSolution(solutionIso('example', '1.2'));
    expect(archives).toMatchObject([{ fault: 'not-mounted', id: 'example-1.2' }]);
  });

  test.each([
    ['no manifest', metalk8sIso('1.0.0'), /no manifest\.yaml/],
    [
      'a manifest without a name',
      isoImage({ 'MANIFEST.YAML': 'kind: Solution\nspec: {version: 1.0.0}\n' }),
      /no valid `metadata`/,
    ],
    ['broken YAML', isoImage({ 'MANIFEST.YAML': 'kind: [' }), /is not valid YAML/],
  ])('rejects %s', async (_, iso, says) => {
    const { archives } = await withSolution(iso);
    expect(archives).toMatchObject([
      { fault: 'wrong-product', listedIn: SOLUTIONS_FILE, says: expect.stringMatching(says) },
    ]);
  });

  test('reports a solutions.yaml that Salt refuses', async () => {
    const { solutionsFile } = await withSolution(solutionIso('example', '1.0.0'), 'metalk8s.scality.com/v1alpha1');
    expect(solutionsFile).toMatchObject({ is: 'refused-by-salt', apiVersion: 'metalk8s.scality.com/v1alpha1' });
  });

  test('lists only the images that a registry serves', async () => {
    await place.put(PATH, metalk8sIso('128.0.1'));
    await place.mount(ID, PATH, ['nginx/1.27', 'etcd/3.5']);
    const images = `/srv/scality/${ID}/images`;
    await place.put(`${images}/pause-3.9.tar`, 'x');
    await place.put(`${images}/broken/1/manifest.json`, '{');
    await place.put(`${images}/old/1/manifest.json`, '{"schemaVersion":1,"mediaType":"x"}');
    await place.put(
      `${images}/oci/1/manifest.json`,
      '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json"}',
    );
    await place.put(`${images}/empty/1/version`, 'x');
    expect(await only()).toMatchObject({
      archive: {
        images: [
          { prefix: ID, name: 'etcd', tag: '3.5' },
          { prefix: ID, name: 'nginx', tag: '1.27' },
        ],
      },
    });
  });

  test('reports mounted solutions that no file lists, and no other ISO, which MetalK8s skips', async () => {
    await place.list([]);
    await place.mount('metalk8s-127.0.6', '/srv/releases/old.iso');
    await place.mount('tools', '/srv/releases/tools.iso');
    await place.mount('other-1.0.0', '/srv/releases/other.iso');
    await place.put('/srv/scality/other-1.0.0/manifest.yaml', 'kind: Other\n');
    await place.mount('example-1.0.0', '/srv/releases/example.iso');
    await place.put('/srv/scality/example-1.0.0/manifest.yaml', 'kind: Solution\n');
    await place.mount('broken-1.0.0', '/srv/releases/broken.iso');
    await place.put('/srv/scality/broken-1.0.0/manifest.yaml', 'kind: [\n');
    expect((await look()).mountedUnlisted).toEqual(['example-1.0.0', 'broken-1.0.0']);
  });

  test('reads the visible mount of two on one folder', async () => {
    await place.put(PATH, metalk8sIso('128.0.1'));
    await place.mount(ID, '/srv/old.iso');
    await place.mount(ID, PATH);
    expect(await only()).toMatchObject(sound());
  });

  test('reports every archive, even if one is bad', async () => {
    await place.put(PATH, metalk8sIso('128.0.1'));
    await place.mount(ID, PATH);
    await place.list(['/srv/none.iso', PATH]);
    expect((await look()).archives.map((one) => one.is)).toEqual(['bad', 'sound']);
  });

  test('reports a missing or too large bootstrap.yaml', async () => {
    expect(await look()).toMatchObject({
      bootstrapFile: { is: 'unreadable', says: `${BOOTSTRAP_FILE} does not exist.` },
      archives: [],
    });
    await place.put(BOOTSTRAP_FILE, Buffer.alloc(2 ** 20 + 1, 'x'));
    expect((await look()).bootstrapFile).toMatchObject({ says: expect.stringMatching(/larger than 1048576 bytes/) });
  });

  test('hashes an archive again that was replaced between two inspections', async () => {
    await place.put(PATH, metalk8sIso('128.0.1'));
    await place.mount(ID, PATH);
    await place.list([PATH]);
    const node = bootstrapNode(place.options);
    const before = await node.look(signal);
    await place.put('/srv/new.iso', metalk8sIso('128.0.1', 4096));
    await rename(place.at('/srv/new.iso'), place.at(PATH));
    const after = await node.look(signal);
    expect(before.archives[0]).toMatchObject(sound());
    expect(after.archives[0]).toMatchObject(sound());
    expect(after.archives).not.toEqual(before.archives);
  });
});
