import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { readManifest } from '../../../sandbox/slack/site/manifest.ts';
import { MANIFEST } from './slack-for-tests.ts';

const SCHEMA = join(import.meta.dirname, '../../fixtures/slack-manifest-schema/manifest.schema.2.0.0.json');

const schema = async () => z.fromJSONSchema(JSON.parse(await readFile(SCHEMA, 'utf8')));
const manifest = async () =>
  z.looseObject({ features: z.looseObject({}) }).parse(load(await readFile(MANIFEST, 'utf8')));

it('manifest.yml is valid by Slack’s published schema', async () => {
  const checked = (await schema()).safeParse(await manifest());
  expect(checked.error?.issues ?? []).toEqual([]);
});

it('the schema check rejects an unknown field', async () => {
  const { features, ...rest } = await manifest();
  const wrong = { ...rest, features: { ...features, bot_user: { display_name: 'x', colour: 'blue' } } };
  expect((await schema()).safeParse(wrong).success).toBe(false);
});

it('the local Slack reads scopes and commands from the same file', async () => {
  expect(await readManifest(MANIFEST)).toMatchObject({
    botName: 'registry-ha',
    scopes: expect.arrayContaining(['commands', 'chat:write']),
    commands: [{ command: '/registry-ha', shouldEscape: true }],
    interactive: true,
  });
});

it('an invalid manifest is rejected with its path', async () => {
  await expect(readManifest(join(import.meta.dirname, '../../../biome.json'))).rejects.toThrow(
    /biome\.json is not an app manifest/,
  );
});
