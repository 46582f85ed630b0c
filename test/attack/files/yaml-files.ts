import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bootstrapNode } from '../../../src/adapters/bootstrap/bootstrap-node.ts';
import { botConfig } from '../../../src/config/bot-config.ts';
import { WrongConfig } from '../../../src/config/read-config.ts';
import { workerConfig } from '../../../src/config/worker-config.ts';
import type { BootstrapFacts } from '../../../src/domain/cluster/facts.ts';
import type { Attack } from '../attack.ts';
import { must } from '../outcome.ts';
import { cheaply } from '../stage/cheaply.ts';
import type { Folder } from '../stage/folder.ts';
import { HOSTILE_YAML, type HostileYaml } from './hostile-yaml.ts';
import { refusedInWords, withFile } from './own-files.ts';

const BOOTSTRAP = '/etc/metalk8s/bootstrap.yaml';
const SOLUTIONS = '/etc/metalk8s/solutions.yaml';
/** Texts that are tried on the real worker; all others are only given to the parts, which read them the same way. */
const ON_STAGE: ReadonlySet<string> = new Set(['bomb', 'js-tag', '50-MB', 'deep']);

/** Configuration files written by someone else. */
export function yamlAttacks(): readonly Attack[] {
  const onStage = HOSTILE_YAML.filter(({ name }) => ON_STAGE.has(name));
  return [
    ...onStage.map((yaml) => byTheWorker('bootstrap', BOOTSTRAP, yaml)),
    ...wrongTypes(),
    ...HOSTILE_YAML.filter(({ name }) => !ON_STAGE.has(name)).map((yaml) => byTheAdapter('bootstrap', yaml)),
    ...HOSTILE_YAML.map((yaml) => byTheAdapter('solutions', yaml)),
    ...HOSTILE_YAML.map((yaml) => byTheConfig('bot', yaml)),
    ...HOSTILE_YAML.map((yaml) => byTheConfig('worker', yaml)),
  ];
}

function byTheWorker(file: string, path: string, { name, what, text }: HostileYaml): Attack {
  return {
    on: 'worker',
    name: `${file}.yaml-${name}`,
    tries: `${what} in ${file}.yaml`,
    stopped: (stage) => withFile(stage, path, text, () => refusedInWords(stage, new RegExp(`${file}\\.yaml`))),
  };
}

/** Valid YAML with wrong content. */
function wrongTypes(): readonly Attack[] {
  const good = { kind: 'BootstrapConfiguration', apiVersion: 'metalk8s.scality.com/v1alpha3' };
  const wrong: Readonly<Record<string, readonly [path: string, content: object]>> = {
    'archives-that-are-numbers': [BOOTSTRAP, { ...good, archives: [1, 2] }],
    'archives-that-are-an-object': [BOOTSTRAP, { ...good, archives: { length: 1, 0: '/a' } }],
    'no-archives': [BOOTSTRAP, good],
    'another-kind': [BOOTSTRAP, { ...good, kind: ['BootstrapConfiguration'], archives: ['/a'] }],
    'solutions-that-are-a-text': [SOLUTIONS, { kind: 'SolutionsConfiguration', apiVersion: 1, archives: 'all' }],
  };
  return Object.entries(wrong).map(([name, [path, content]]) => ({
    on: 'worker',
    name: `wrong-types-${name}`,
    tries: `wrong types in ${path}`,
    stopped: (stage) => withFile(stage, path, JSON.stringify(content), () => refusedInWords(stage, /\.yaml/)),
  }));
}

function byTheAdapter(which: 'bootstrap' | 'solutions', { name, what, text }: HostileYaml): Attack {
  return {
    on: 'part',
    name: `${which}.yaml-${name}`,
    tries: `${what} in ${which}.yaml`,
    async stopped({ path: root, signal }) {
      const good = '{kind: BootstrapConfiguration, apiVersion: metalk8s.scality.com/v1alpha3, archives: []}';
      await put(root, BOOTSTRAP, which === 'bootstrap' ? text : good);
      if (which === 'solutions') await put(root, SOLUTIONS, text);
      await put(root, '/proc/self/mountinfo', '');
      const node = bootstrapNode({ root, bootstrapFile: BOOTSTRAP, solutionsFile: SOLUTIONS });
      const facts = await cheaply(() => node.look(signal));
      return saidOf(which === 'bootstrap' ? facts.bootstrapFile : facts.solutionsFile);
    },
  };
}

function saidOf(file: BootstrapFacts['bootstrapFile'] | BootstrapFacts['solutionsFile']): string {
  must(file.is === 'unreadable', `The file was accepted as ${file.is}.`);
  return file.is === 'unreadable' ? file.says : '';
}

function byTheConfig(which: 'bot' | 'worker', { name, what, text }: HostileYaml): Attack {
  return {
    on: 'part',
    name: `${which}-config-${name}`,
    tries: `${what} in the ${which}’s configuration`,
    async stopped({ path: folder }) {
      const path = await put(folder, `/${which}.yaml`, text);
      const env = { REGISTRY_HA_SLACK_BOT_TOKEN: 'xoxb-1', REGISTRY_HA_SLACK_APP_TOKEN: 'xapp-1' };
      return await cheaply(async () => mistakesOf(() => (which === 'bot' ? botConfig : workerConfig)(path, env)));
    },
  };
}

function mistakesOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof WrongConfig) return error.mistakes[0] ?? '';
    throw error;
  }
  must(false, 'The configuration was accepted.');
  return '';
}

async function put(root: Folder['path'], path: string, text: string | Buffer): Promise<string> {
  const there = join(root, path);
  await mkdir(dirname(there), { recursive: true });
  await writeFile(there, text);
  return there;
}
