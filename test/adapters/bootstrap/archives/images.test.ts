import { symlink, truncate } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { imagesOf } from '../../../../src/adapters/bootstrap/archives/images.ts';
import { BootstrapRoot } from '../../../fixtures/bootstrap-root.ts';

describe('images of a mounted archive', () => {
  let root: BootstrapRoot;
  beforeEach(async () => {
    root = await BootstrapRoot.make();
    await root.mount('a-1', '/srv/a.iso', ['good/1']);
    await root.put('/srv/scality/a-1/images/evil/1/other', '');
  });
  afterEach(() => root.remove());

  const evil = () => root.at('/srv/scality/a-1/images/evil/1/manifest.json');
  const names = async () => (await imagesOf(root.root, 'a-1', new AbortController().signal)).map(({ name }) => name);

  it('are found although one manifest is a link to an endless device', async () => {
    await symlink('/dev/zero', evil());
    expect(await names()).toEqual(['good']);
  });

  it('are found although one manifest is huge', async () => {
    await root.put('/srv/scality/a-1/images/evil/1/manifest.json', '{}');
    await truncate(evil(), 2 ** 33);
    expect(await names()).toEqual(['good']);
  });
});
