import { expect, it } from 'vitest';
import type { Told } from '../../src/ports/status.ts';

/** The contract of what people were told. */
export function toldContract(name: string, open: () => Promise<{ readonly told: Told; close(): Promise<void> }>): void {
  it(`${name}: what people were told is nothing, then the last list`, async () => {
    const { told, close } = await open();
    try {
      expect(await told.last()).toBeNull();
      await told.note(['node-2 not-mounted a', 'unknown']);
      expect(await told.last()).toEqual(['node-2 not-mounted a', 'unknown']);
      await told.note([]);
      expect(await told.last()).toEqual([]);
    } finally {
      await close();
    }
  });
}
