import { chmod, link, mkdir, symlink, truncate } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bootstrapNode } from '../../../../src/adapters/bootstrap/bootstrap-node.ts';
import type { ListedArchive } from '../../../../src/domain/cluster/facts.ts';
import { BOOTSTRAP_FILE, BootstrapRoot } from '../../../fixtures/bootstrap-root.ts';
import { isoImage, metalk8sIso, solutionIso } from '../../../fixtures/iso.ts';
import { isRoot, needs } from '../../../fixtures/needs.ts';

const { signal } = new AbortController();
const PATH = '/srv/releases/metalk8s-128.0.1.iso';
const ID = 'metalk8s-128.0.1';
let place: BootstrapRoot;

beforeEach(async () => {
  place = await BootstrapRoot.make();
});
afterEach(() => place.remove());

const look = () => bootstrapNode(place.options).look(signal);

async function only(path = PATH): Promise<ListedArchive> {
  await place.list([path]);
  const [archive] = (await look()).archives;
  if (archive === undefined) throw new Error('no archive was told');
  return archive;
}

const bad = (fault: string, says: RegExp, path = PATH) => ({
  is: 'bad',
  path,
  listedIn: BOOTSTRAP_FILE,
  fault,
  says: expect.stringMatching(says),
});
const sound = (id = ID) => ({ is: 'sound', archive: { id } });

describe('what is wrong with a listed archive', () => {
  test.each([['relative.iso'], ['/srv/../etc/passwd'], ['/srv/a\nb.iso'], ['/srv/releases/']])(
    'a path that means something else on another node would be copied: %j',
    async (path) => {
      expect(await only(path)).toEqual(bad('relative-path', /no absolute path/, path));
    },
  );

  test('a missing ISO would be a crash', async () => {
    expect(await only()).toEqual(bad('missing', /listed in .*bootstrap\.yaml, cannot be found/));
  });

  test('a dangling link would be a crash', async () => {
    await mkdir(place.at('/srv/releases'), { recursive: true });
    await symlink('gone.iso', place.at(PATH));
    expect(await only()).toEqual(bad('missing', /there is no such file/));
  });

  test('links in a circle would never end', async () => {
    await mkdir(place.at('/srv/releases'), { recursive: true });
    await symlink(PATH, place.at(PATH));
    expect(await only()).toEqual(bad('missing', /run in a circle/));
  });

  test('a directory archive would be passed over in silence', async () => {
    await mkdir(place.at(PATH), { recursive: true });
    expect(await only()).toEqual(bad('directory', /is a directory/));
  });

  needs(!isRoot, 'an ordinary user: root may read everything')(
    'an ISO that the worker may not read would be a crash',
    async () => {
      await place.put(PATH, metalk8sIso('128.0.1'));
      await chmod(place.at(PATH), 0);
      expect(await only()).toEqual(bad('unreadable', /may not read/));
    },
  );

  test.each([
    ['an empty file', Buffer.alloc(0)],
    ['zeroes', Buffer.alloc(100_000)],
    ['a short file', Buffer.from('hello')],
  ])('%s would be mounted', async (_, content) => {
    await place.put(PATH, content);
    expect(await only()).toEqual(bad('not-an-iso', /no ISO 9660 image/));
  });

  test('an ISO that was cut would pass, as Salt lets it', async () => {
    const iso = metalk8sIso('128.0.1', 400_000);
    await place.put(PATH, iso);
    await place.mount(ID, PATH);
    await truncate(place.at(PATH), iso.length - 1);
    expect(await only()).toEqual(bad('truncated', /has \d+ bytes, its image \d+: the end is missing/));
  });

  test.each([
    ['no product.txt', isoImage({ 'README.TXT': 'x' }), /no product\.txt/],
    ['another product', isoImage({ 'PRODUCT.TXT': 'NAME=Ring\nVERSION=9\n' }), /“Ring”, not of MetalK8s/],
    ['no version', isoImage({ 'PRODUCT.TXT': 'NAME=MetalK8s\n' }), /no usable VERSION/],
    [
      'a version that leads elsewhere',
      isoImage({ 'PRODUCT.TXT': 'NAME=MetalK8s\nVERSION=../../etc\n' }),
      /no usable VERSION/,
    ],
    ['a solution in bootstrap.yaml', solutionIso('example', '0.1.0'), /no MetalK8s archive/],
  ])('%s would be deployed', async (_, iso, says) => {
    await place.put(PATH, iso);
    expect(await only()).toEqual(bad('wrong-product', says));
  });

  test('an ISO that is not mounted on the bootstrap node would be expected on another', async () => {
    await place.put(PATH, metalk8sIso('128.0.1'));
    expect(await only()).toEqual({
      ...bad('not-mounted', /not mounted at \/srv\/scality\/metalk8s-128\.0\.1/),
      id: ID,
    });
  });

  test('an ISO replaced under its mount would be compared with the old images', async () => {
    await place.put(PATH, metalk8sIso('128.0.1'));
    await place.mount(ID, `${PATH} (deleted)`);
    expect(await only()).toEqual({ ...bad('replaced-under-mount', /replaced while it is mounted/), id: ID });
    expect((await look()).mountedUnlisted).toEqual([]);
  });

  test('a mount of another file would count as its own', async () => {
    await place.put(PATH, metalk8sIso('128.0.1'));
    await place.put('/srv/other.iso', metalk8sIso('128.0.1'));
    await place.mount(ID, '/srv/other.iso');
    expect(await only()).toEqual({ ...bad('replaced-under-mount', /is \/srv\/other\.iso, not/), id: ID });
  });
});

describe('what is right though it looks odd', () => {
  beforeEach(async () => {
    await place.put(PATH, metalk8sIso('128.0.1'));
  });

  test('an ISO behind a symbolic link would be refused', async () => {
    await symlink(PATH, place.at('/srv/link.iso'));
    await symlink('/srv/releases', place.at('/srv/folder'));
    await place.mount(ID, PATH);
    expect(await only('/srv/link.iso')).toMatchObject(sound());
    expect(await only('/srv/folder/metalk8s-128.0.1.iso')).toMatchObject(sound());
  });

  test('a second name of the mounted file would be refused', async () => {
    await link(place.at(PATH), place.at('/srv/hard.iso'));
    await place.mount(ID, PATH);
    expect(await only('/srv/hard.iso')).toMatchObject(sound());
  });

  test('bytes behind the image, as download tools leave them, would be damage', async () => {
    await place.put(PATH, Buffer.concat([metalk8sIso('128.0.1'), Buffer.alloc(100)]));
    await place.mount(ID, PATH);
    expect(await only()).toMatchObject(sound());
  });

  test('a path with blanks and quotes would be refused', async () => {
    const odd = `/srv/it's "here" ü/m.iso`;
    await place.put(odd, metalk8sIso('128.0.1'));
    await place.mount(ID, odd);
    expect(await only(odd)).toMatchObject(sound());
  });
});
