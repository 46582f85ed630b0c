import { expect, it } from 'vitest';
import { nodeFacts } from '../../../src/adapters/kube/facts.ts';
import { nodeListSchema } from '../../../src/adapters/kube/schemas.ts';

const ipOf = (...internal: readonly string[]): string | null => {
  const addresses = [
    { type: 'ExternalIP', address: '192.0.2.1' },
    ...internal.map((address) => ({ type: 'InternalIP', address })),
  ];
  const { items } = nodeListSchema.parse({ items: [{ metadata: { name: 'node-2' }, status: { addresses } }] });
  return items.map((item) => nodeFacts(item).ip)[0] ?? null;
};

it('takes the IPv4 address first when a node has both', () => {
  expect(ipOf('10.0.0.3')).toBe('10.0.0.3');
  expect(ipOf('fd00::1', '10.0.0.3')).toBe('10.0.0.3');
  expect(ipOf('fd00::1')).toBe('fd00::1');
});

it('takes nothing that is not an IP address, as it would become a part of URLs', () => {
  expect(ipOf()).toBeNull();
  expect(ipOf('127.0.0.1:18096/anything?x=', 'node-2.example', '10.0.0.3 ', '010.0.0.3')).toBeNull();
});
