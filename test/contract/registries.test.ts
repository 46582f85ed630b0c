import { describe } from 'vitest';
import { registries } from '../../src/adapters/registry/registries.ts';
import { FakeRegistries } from '../fakes/fake-registries.ts';
import { PATIENCE_MS } from '../fixtures/patience.ts';
import { RegistryServer } from '../fixtures/registry-server.ts';
import { registriesContract } from './registries.contract.ts';

describe('the fake registries', () => {
  registriesContract(async (images) => {
    const fake = new FakeRegistries();
    fake.serve('10.200.3.11', images);
    return { registries: fake, address: '10.200.3.11', nowhere: '10.200.3.14', close: async () => undefined };
  });
});

describe('registries over HTTP', () => {
  registriesContract(async (images) => {
    const server = await RegistryServer.start(images);
    const adapter = registries({ port: server.port, waitMs: PATIENCE_MS });
    return { registries: adapter, address: '127.0.0.1', nowhere: '127.1.2.3', close: () => server.close() };
  });
});
