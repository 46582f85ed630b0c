import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { VERSION } from '../../src/runtime/version.ts';

it('the program has the version of package.json', () => {
  const path = new URL('../../package.json', import.meta.url);
  expect(VERSION).toBe(JSON.parse(readFileSync(path, 'utf8')).version);
});
