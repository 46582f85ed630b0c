import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { copyStage, copyStep, sha256Of } from '../adapters/ssh/copy-stage.ts';
import { FakeCopier } from '../fakes/fake-copier.ts';
import { copierContract } from './copier.contract.ts';

const another = Buffer.from('another file');

copierContract('sshCopier over a real sshd', async () => {
  const stage = await copyStage(1024 * 1024);
  const { path } = stage.step.archive;
  return {
    ...stage,
    sha256There: () => readFile(path).then(sha256Of, () => null),
    putAnother: async () => {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, another);
      return sha256Of(another);
    },
  };
});

copierContract('FakeCopier', async () => {
  const copier = new FakeCopier();
  const step = copyStep('/archives/a.iso', Buffer.alloc(1000), false);
  const place = `${step.node}:${step.archive.path}`;
  return {
    copier,
    step,
    access: { node: 'node-2', host: '10.0.0.3', port: 22, user: 'root', keyPath: '/key', sudo: false },
    sha256There: async () => copier.files.get(place) ?? null,
    putAnother: async () => {
      copier.files.set(place, sha256Of(another));
      return sha256Of(another);
    },
    close: async () => undefined,
  };
});
