import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { withSecretsBeside } from '../../src/runtime/doctor.ts';

const folder = mkdtempSync(join(tmpdir(), 'registry-ha-doctor-'));
afterAll(() => rmSync(folder, { recursive: true }));

const FILES = { A: 'secrets/a', B: 'secrets/b', C: 'secrets/c', D: 'secrets/d' };

it('the doctor finds secrets beside the configuration, but what the environment names comes first', () => {
  mkdirSync(join(folder, 'secrets'));
  for (const name of ['a', 'b', 'c']) writeFileSync(join(folder, 'secrets', name), name);
  const env = { A: 'given', B_FILE: '/elsewhere' };
  expect(withSecretsBeside(join(folder, 'bot.yaml'), env, FILES)).toEqual({
    ...env,
    C_FILE: join(folder, 'secrets/c'),
  });
});
