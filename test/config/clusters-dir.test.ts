import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { botConfig } from '../../src/config/bot-config.ts';
import { WrongConfig } from '../../src/config/read-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'registry-ha-clusters-'));
afterAll(() => rmSync(folder, { recursive: true }));

const EXAMPLES = join(import.meta.dirname, '../../examples');
const DIR = join(folder, 'clusters.d');
const BOT = join(folder, 'bot.yaml');
const env = { REGISTRY_HA_SLACK_BOT_TOKEN: 'xoxb-1', REGISTRY_HA_SLACK_APP_TOKEN: 'xapp-1' };

const at = (name: string, text: string) => writeFileSync(join(DIR, name), text);
const bot = (text = '') => writeFileSync(BOT, `redis: { url: redis://h:1 }\nclustersDir: clusters.d\n${text}`);
const names = () => botConfig(BOT, env).clusters.map(({ name }) => name);

function says(): string {
  try {
    names();
    return '';
  } catch (error) {
    if (error instanceof WrongConfig) return error.message;
    throw error;
  }
}

beforeEach(() => {
  rmSync(DIR, { recursive: true, force: true });
  mkdirSync(DIR);
  bot();
  writeFileSync(join(folder, 'policy.yaml'), 'defaults: { approvers: { users: [U0BOB, U0EVE] } }\n');
});

describe('a folder of clusters', () => {
  it('has a cluster in each file, beside the list of bot.yaml; they are sorted by name', () => {
    bot('clusters: [{ name: zoo }]\n');
    at('1.yaml', 'name: prod\nchannels: [C0PROD]\n');
    at('2.yaml', 'name: lab\nworkerKeys: [/k/lab.pub]\n');
    expect(names()).toEqual(['zoo', 'lab', 'prod']);
    expect(botConfig(BOT, env).clusters).toContainEqual({ name: 'prod', channels: ['C0PROD'] });
    expect([...botConfig(BOT, env).policies.keys()]).toEqual(['zoo', 'lab', 'prod']);
  });

  it('works as the examples show it', () => {
    at('prod.yaml', readFileSync(join(EXAMPLES, 'clusters.d/prod.yaml'), 'utf8'));
    expect(readFileSync(join(EXAMPLES, 'bot.yaml'), 'utf8')).toContain('\n# clustersDir: clusters.d ');
    expect(botConfig(BOT, env).clusters).toEqual([
      { name: 'prod', channels: ['C0123PROD'], workerKeys: ['/etc/registry-ha/workers/prod'] },
    ]);
  });

  it('may be a mounted ConfigMap, whose files are links, with an editor’s leftovers beside', () => {
    const data = join(DIR, '..2026_11_27');
    mkdirSync(data);
    writeFileSync(join(data, 'lab.yaml'), 'name: lab\n');
    symlinkSync('..2026_11_27', join(DIR, '..data'));
    symlinkSync('..data/lab.yaml', join(DIR, 'lab.yaml'));
    at('lab.yaml~', 'name: old\n');
    at('.lab.yaml.swp', 'x');
    expect(names()).toEqual(['lab']);
  });

  it('is refused with all mistakes of all files at once, below the name of each', () => {
    at('a.yaml', 'name: Lab\nchanels: [C0OPS]\n');
    at('b.yaml', 'name: [\n');
    at('c.yaml', '');
    writeFileSync(join(folder, 'policy.yaml'), 'defaults: { approvals: many }\n');
    bot('clusters: [{ name: ok }]\n');
    expect(says().split('\n')).toEqual([
      `Invalid configuration ${DIR}/a.yaml:`,
      '  - name: use lower-case letters, digits and hyphens, at most 42 characters.',
      '  - the whole file: unknown key “chanels”. Did you mean “channels”?',
      `Invalid configuration ${DIR}/b.yaml:`,
      expect.stringMatching(/^ {2}- not valid YAML/),
      `Invalid configuration ${DIR}/c.yaml:`,
      expect.stringMatching(/^ {2}- not valid YAML \(.*empty.*\)\. Start from examples\/clusters\.d\/\.$/),
      `Invalid configuration ${folder}/policy.yaml:`,
      '  - clusters: name at least one cluster, or write defaults with approvers.',
      '  - defaults.approvals: write a whole number.',
    ]);
  });

  it('is refused when a name is there twice, with both places', () => {
    bot('clusters: [{ name: lab }, { name: lab }]\n');
    at('a.yaml', 'name: lab\n');
    at('b.yaml', 'name: prod\n');
    at('c.yaml', 'name: prod\n');
    expect(says().split('\n')).toEqual([
      `Invalid configuration ${BOT}:`,
      `  - clusters.1 of ${BOT}: lab is the name of another cluster, too: clusters.0 of ${BOT}. Remove one of them.`,
      `Invalid configuration ${DIR}/a.yaml:`,
      `  - name: lab is the name of another cluster, too: clusters.0 of ${BOT}. Remove one of them.`,
      `Invalid configuration ${DIR}/c.yaml:`,
      `  - name: prod is the name of another cluster, too: ${DIR}/b.yaml. Remove one of them.`,
    ]);
  });

  it('is refused when it is missing, has no file, or one that would silently not be read', () => {
    expect(says()).toContain(`clustersDir: no *.yaml file is in ${DIR}. Write one for each cluster there.`);
    at('lab.yml', 'name: lab\n');
    expect(says()).toContain('lab.yml: only *.yaml files are read. Rename it to lab.yaml.');
    rmSync(DIR, { recursive: true });
    expect(says()).toContain(`${DIR}:\n  - no such folder. Create it, or correct clustersDir in bot.yaml.`);
    writeFileSync(BOT, 'redis: { url: redis://h:1 }\nlogs: {}\n');
    expect(says()).toMatch(/unknown key “logs”[\s\S]*clusters: name at least one cluster, or name a folder/);
  });
});
