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
  if (archive === undefined) throw new Error('no archive was listed');
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
    'refuses a path that other nodes cannot use: %j',
    async (path) => {
      expect(await only(path)).toEqual(bad('relative-path', /must be an absolute path/, path));
    },
  );

  test('reports a missing ISO', async () => {
    expect(await only()).toEqual(bad('missing', /listed in .*bootstrap\.yaml, cannot be found/));
  });

  test('reports a dangling link', async () => {
    await mkdir(place.at('/srv/releases'), { recursive: true });
    await symlink('gone.iso', place.at(PATH));
    expect(await only()).toEqual(bad('missing', /there is no such file/));
  });

  test('reports links that form a loop', async () => {
    await mkdir(place.at('/srv/releases'), { recursive: true });
    await symlink(PATH, place.at(PATH));
    expect(await only()).toEqual(bad('missing', /form a loop/));
  });

  test('reports an archive that is a directory', async () => {
    await mkdir(place.at(PATH), { recursive: true });
    expect(await only()).toEqual(bad('directory', /is a directory/));
  });

  needs(!isRoot, 'an ordinary user: root can read everything')('reports an ISO without read permission', async () => {
    await place.put(PATH, metalk8sIso('128.0.1'));
    await chmod(place.at(PATH), 0);
    expect(await only()).toEqual(bad('unreadable', /no permission to read/));
  });

  test.each([
    ['an empty file', Buffer.alloc(0)],
    ['zeroes', Buffer.alloc(100_000)],
    ['a short file', Buffer.from('hello')],
  ])('rejects %s', async (_, content) => {
    await place.put(PATH, content);
    expect(await only()).toEqual(bad('not-an-iso', /not an ISO 9660 image/));
  });

  test('rejects a truncated ISO, which Salt would accept', async () => {
    const iso = metalk8sIso('128.0.1', 400_000);
    await place.put(PATH, iso);
    await place.mount(ID, PATH);
    await truncate(place.at(PATH), iso.length - 1);
    expect(await only()).toEqual(bad('truncated', /is truncated: it has \d+ of \d+ bytes/));
  });

  test.each([
    ['no product.txt', isoImage({ 'README.TXT': 'x' }), /no product\.txt/],
    ['another product', isoImage({ 'PRODUCT.TXT': 'NAME=Ring\nVERSION=9\n' }), /“Ring”, not of MetalK8s/],
    ['no version', isoImage({ 'PRODUCT.TXT': 'NAME=MetalK8s\n' }), /no valid VERSION/],
    ['a version that is a path', isoImage({ 'PRODUCT.TXT': 'NAME=MetalK8s\nVERSION=../../etc\n' }), /no valid VERSION/],
    ['a solution in bootstrap.yaml', solutionIso('example', '0.1.0'), /not a MetalK8s archive/],
  ])('rejects %s', async (_, iso, says) => {
    await place.put(PATH, iso);
    expect(await only()).toEqual(bad('wrong-product', says));
  });

  test('reports an ISO that is not mounted on the bootstrap node', async () => {
    await place.put(PATH, metalk8sIso('128.0.1'));
    expect(await only()).toEqual({
      ...bad('not-mounted', /not mounted at \/srv\/scality\/metalk8s-128\.0\.1/),
      id: ID,
    });
  });

  test('reports an ISO that was replaced while mounted', async () => {
    await place.put(PATH, metalk8sIso('128.0.1'));
    await place.mount(ID, `${PATH} (deleted)`);
    expect(await only()).toEqual({ ...bad('replaced-under-mount', /replaced while mounted/), id: ID });
    expect((await look()).mountedUnlisted).toEqual([]);
  });

  test('reports a mount of another file', async () => {
    await place.put(PATH, metalk8sIso('128.0.1'));
    await place.put('/srv/other.iso', metalk8sIso('128.0.1'));
    await place.mount(ID, '/srv/other.iso');
    expect(await only()).toEqual({
      ...bad('replaced-under-mount', /^\/srv\/other\.iso is mounted at .*, not/),
      id: ID,
    });
  });
});

describe('an unusual but valid archive', () => {
  beforeEach(async () => {
    await place.put(PATH, metalk8sIso('128.0.1'));
  });

  test('may be behind a symbolic link', async () => {
    await symlink(PATH, place.at('/srv/link.iso'));
    await symlink('/srv/releases', place.at('/srv/folder'));
    await place.mount(ID, PATH);
    expect(await only('/srv/link.iso')).toMatchObject(sound());
    expect(await only('/srv/folder/metalk8s-128.0.1.iso')).toMatchObject(sound());
  });

  test('may be a hard link to the mounted file', async () => {
    await link(place.at(PATH), place.at('/srv/hard.iso'));
    await place.mount(ID, PATH);
    expect(await only('/srv/hard.iso')).toMatchObject(sound());
  });

  test('may have bytes after the image, as download tools leave them', async () => {
    await place.put(PATH, Buffer.concat([metalk8sIso('128.0.1'), Buffer.alloc(100)]));
    await place.mount(ID, PATH);
    expect(await only()).toMatchObject(sound());
  });

  test('may have a path with blanks and quotes', async () => {
    const odd = `/srv/it's "here" ü/m.iso`;
    await place.put(odd, metalk8sIso('128.0.1'));
    await place.mount(ID, odd);
    expect(await only(odd)).toMatchObject(sound());
  });
});
