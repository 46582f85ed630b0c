import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { bootstrapFile, solutionsFile } from '../../src/adapters/bootstrap/node/config-files.ts';
import { parseYaml } from '../../src/adapters/bootstrap/node/yaml-file.ts';
import { botConfig } from '../../src/config/bot-config.ts';
import { WrongConfig } from '../../src/config/read-config.ts';
import { workerConfig } from '../../src/config/worker-config.ts';
import { fuzz, jsonLike, refusalOr, spoilt, wordsLike } from './arbitraries.ts';
import { rewritten } from './rewritten.ts';

const folder = mkdtempSync(join(tmpdir(), 'registry-ha-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));

const YAML = [
  '- ',
  ': ',
  '\n',
  '\n  ',
  '&a ',
  '*a',
  '<<: ',
  '!!js/function ',
  '!x ',
  '? ',
  '---',
  '|',
  '>',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '#',
];
const BOOTSTRAP =
  'apiVersion: metalk8s.scality.com/v1alpha3\nkind: BootstrapConfiguration\narchives:\n  - /srv/a.iso\n';
const SOLUTIONS =
  'apiVersion: solutions.metalk8s.scality.com/v1alpha1\nkind: SolutionsConfiguration\narchives: [/srv/a.iso]\n';
const BOT = 'redis: {url: redis://r:6379}\nclusters:\n  - {name: lab, channels: [C0OPS]}\n';
const WORKER = 'cluster: lab\nredis: {url: redis://r:6379}\nroot: /srv\ntrustedKeys: [/etc/a.pub]\n';

const yaml = (keys: readonly string[], good: string) =>
  fc.oneof(
    spoilt([good]),
    wordsLike([...YAML, ...keys]),
    jsonLike(keys, ['lab', '/srv/a.iso', 'redis://r:6379', 'U0BOB']),
  );

describe('a file of the cluster', { timeout: 600_000 }, () => {
  const keys = ['apiVersion', 'kind', 'archives', 'BootstrapConfiguration', 'metalk8s.scality.com/v1alpha3'];

  it('bootstrap.yaml lists paths, or is reported as unreadable by name', () => {
    fuzz(yaml(keys, BOOTSTRAP), (text) => {
      const file = bootstrapFile(parseYaml(text, 'bootstrap.yaml'), 'bootstrap.yaml');
      if (file.is === 'unreadable') expect(file.says).toContain('bootstrap.yaml');
      else expect(file.archives.every((path) => typeof path === 'string' && path !== '')).toBe(true);
    });
  });

  it('solutions.yaml lists paths, or is reported as unreadable by name', () => {
    fuzz(yaml([...keys, 'SolutionsConfiguration'], SOLUTIONS), (text) => {
      const file = solutionsFile(parseYaml(text, 'solutions.yaml'), 'solutions.yaml');
      if (file.is === 'unreadable') expect(file.says).toContain('solutions.yaml');
      if (file.is === 'good') expect(file.archives.every((path) => path !== '')).toBe(true);
    });
  });
});

describe('a configuration', { timeout: 600_000 }, () => {
  const env = { REGISTRY_HA_SLACK_BOT_TOKEN: 'xoxb-1', REGISTRY_HA_SLACK_APP_TOKEN: 'xapp-1' };
  const at = rewritten(join(folder, 'config.yaml'));

  it('of a bot yields its clusters, or every mistake in it', () => {
    fuzz(
      yaml(['slack', 'redis', 'url', 'clusters', 'name', 'channels', 'policy', 'approvers', 'approval'], BOT),
      (text) => {
        const config = refusalOr(() => botConfig(at(text), env), WrongConfig);
        if (!(config instanceof Error)) expect(config.clusters.length).toBeGreaterThan(0);
      },
    );
  });

  it('of a worker yields its cluster and trusted keys, or every mistake in it', () => {
    fuzz(yaml(['cluster', 'redis', 'url', 'root', 'trustedKeys', 'plan', 'copy', 'health', 'port'], WORKER), (text) => {
      const config = refusalOr(() => workerConfig(at(text), {}), WrongConfig);
      if (!(config instanceof Error)) expect(config.trustedKeys.length).toBeGreaterThan(0);
    });
  });
});
