import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { targetNodes } from '../../src/adapters/node/target-nodes.ts';
import { sha256Of } from '../adapters/ssh/copy-stage.ts';
import { sshStage } from '../adapters/ssh/stage.ts';
import { FakeTargetNodes } from '../fakes/fake-target-nodes.ts';
import { isRoot } from '../fixtures/needs.ts';
import { targetNodesContract } from './target-nodes.contract.ts';

targetNodesContract('targetNodes over a real sshd', async () => {
  const stage = await sshStage();
  await stage.pin();
  const path = join(stage.folder, 'srv', 'archives', 'a b.iso');
  return {
    ...stage,
    // The stand-in for the node is this machine, and its user whoever runs the tests.
    access: { ...stage.access, sudo: !isRoot },
    targets: targetNodes({ shell: stage.shell }),
    path,
    put: async (size) => {
      const bytes = Buffer.alloc(size, 1);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, bytes);
      return sha256Of(bytes);
    },
    lockOut: () => stage.sshd.close(),
  };
});

targetNodesContract('FakeTargetNodes', async () => {
  const targets = new FakeTargetNodes();
  const target = targets.target('node-2');
  const path = '/archives/a.iso';
  return {
    targets,
    access: { node: 'node-2', host: '10.0.0.3', port: 22, user: 'root', keyPath: '/key', sudo: false },
    path,
    put: async (size) => {
      const sha256 = sha256Of(Buffer.alloc(size, 1));
      target.files.set(path, { size, sha256 });
      return sha256;
    },
    lockOut: async () => {
      target.fault = { is: 'unreachable', says: 'node-2 cannot be reached.' };
    },
    close: async () => undefined,
  };
});
