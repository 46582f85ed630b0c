import { spawnSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copiesAmong, MANIFESTS_SCRIPT, manifestsIn } from '../../../src/domain/node-commands/manifest-copies.ts';
import { REGISTRY_MANIFEST } from '../../../src/domain/node-commands/undo-commands.ts';
import { ownFolder, removeFolder } from '../../harness/stage/own-folder.ts';

const POD = ['apiVersion: v1', 'kind: Pod', 'metadata:', '  name: repositories', 'spec:', '  containers: []'].join(
  '\n',
);

describe('the script that finds the registry’s manifests, in a real shell', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await ownFolder('manifests');
  });
  afterEach(() => removeFolder(folder));

  const found = (script = MANIFESTS_SCRIPT): string => {
    const { status, stdout, stderr } = spawnSync('sh', ['-c', script, 'sh', folder], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout;
  };
  const put = (name: string, text: string) => writeFile(`${folder}/${name}`, text);

  it('names every file that kubelet runs as the registry, whatever the file is called', async () => {
    await put('repositories.yaml', POD);
    await put('zz old.bak', POD.replace('name: repositories', 'name: "repositories"'));
    await symlink(`${folder}/repositories.yaml`, `${folder}/link`);
    await put('windows.yaml', POD.replaceAll('\n', '\r\n'));
    const names = ['link', 'repositories.yaml', 'windows.yaml', 'zz old.bak'].map((name) => `${folder}/${name}`);
    expect(found()).toBe(names.map((path) => `${path}\n`).join(''));
    expect(found(manifestsIn('"$1"', 'runs ')).split('\n')[0]).toBe(`runs ${folder}/link`);
  });

  it('names no hidden file, folder, other pod, label, volume or container of that name', async () => {
    await put('.repositories.yaml', POD);
    await mkdir(`${folder}/repositories`);
    await put('etcd.yaml', POD.replace('name: repositories', 'name: etcd'));
    await put('label.yaml', POD.replace('  name: repositories', '  labels:\n    name: repositories\n  name: other'));
    await put(
      'volume.yaml',
      POD.replace('name: repositories', 'name: x\nspec:\n  volumes:\n  - hostPath: {}\n    name: repositories'),
    );
    await put('longer.yaml', POD.replace('name: repositories', 'name: repositories-old'));
    await put('comment.yaml', POD.replace('  name: repositories', '  # name: repositories\n  name: other'));
    expect(found()).toBe('');
  });

  it('finds nothing in an empty or missing folder', async () => {
    expect(found()).toBe('');
    await removeFolder(folder);
    expect(found()).toBe('');
  });
});

it('does not call the registry’s own manifest a copy, nor a line that is no file of the folder', () => {
  const copy = `${REGISTRY_MANIFEST}.bak`;
  expect(copiesAmong([REGISTRY_MANIFEST, copy, 'sh: awk: not found'])).toEqual([copy]);
});
