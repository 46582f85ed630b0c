import { rename } from 'node:fs/promises';
import { describe } from 'vitest';
import { bootstrapNode } from '../../src/adapters/bootstrap/bootstrap-node.ts';
import { FakeBootstrap } from '../fakes/fake-bootstrap.ts';
import { BootstrapRoot } from '../fixtures/bootstrap-root.ts';
import { bootstrapContract, FACTS, IMAGES, ISO, PATH } from './bootstrap.contract.ts';

describe('the fake bootstrap node', () => {
  bootstrapContract(async () => {
    const fake = new FakeBootstrap(FACTS, { [PATH]: ISO });
    return { bootstrap: fake, replace: async (content) => fake.put(PATH, content), close: async () => undefined };
  });
});

describe('the bootstrap node on a disk', () => {
  bootstrapContract(async () => {
    const place = await BootstrapRoot.make();
    await place.list([PATH]);
    await place.put(PATH, ISO);
    await place.mount('metalk8s-128.0.1', PATH, IMAGES);
    await place.mount('example-solution-0.1.0', '/srv/releases/example.iso');
    await place.put('/etc/machine-id', Buffer.from('0F1E2D3C\n'));
    await place.put('/srv/scality/example-solution-0.1.0/manifest.yaml', Buffer.from('kind: Solution\n'));
    return {
      bootstrap: bootstrapNode(place.options),
      async replace(content) {
        await place.put(`${PATH}.new`, content);
        await rename(place.at(`${PATH}.new`), place.at(PATH));
      },
      close: () => place.remove(),
    };
  });
});
