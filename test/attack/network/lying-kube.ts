import type { ServerResponse } from 'node:http';
import { Unreachable } from '../../../src/domain/answers/failure.ts';
import { isNodeName } from '../../../src/domain/cluster/node-name.ts';
import { command } from '../../../src/domain/node-commands/command.ts';
import { endInWords } from '../../../src/domain/node-commands/ended.ts';
import type { Attack } from '../attack.ts';
import { must, reached } from '../outcome.ts';
import { cheaply } from '../stage/cheaply.ts';
import { type Answer, type Answers, type Api, LIMIT_MS, type Say, served } from './lying-kube-api.ts';

/** For attacks that end by themselves well before this limit. */
const EARLY_END_MS = 20_000;
const PIECE = 'a'.repeat(2 ** 20);
const NODES = '/api/v1/nodes';
const MANY = 200_000;
const SYSTEM = '/api/v1/namespaces/kube-system';
const MASTER = {
  metadata: {
    name: 'salt-master-bootstrap',
    annotations: { 'kubernetes.io/config.mirror': '1' },
    ownerReferences: [{ kind: 'Node', name: 'bootstrap' }],
  },
  spec: { nodeName: 'bootstrap' },
  status: { containerStatuses: [{ name: 'salt-master', ready: true }] },
};

const HONEST: Answers = {
  [NODES]: { items: [] },
  [SYSTEM]: { metadata: {} },
  [`${SYSTEM}/endpoints/repositories`]: {},
  [`${SYSTEM}/pods`]: { items: [MASTER] },
};

const BOOTSTRAP = { metadata: { name: 'bootstrap', labels: { 'node-role.kubernetes.io/bootstrap': '' } } };
const WITH_BOOTSTRAP: Answers = { ...HONEST, [NODES]: { items: [BOOTSTRAP] } };

/** Servers in place of the Kubernetes API. */
export function kubeAttacks(): readonly Attack[] {
  return [...bodies(), ...shapes(), hostileNames(), manyVersions(), fakeMaster(), ...sessions()];
}

function bodies(): readonly Attack[] {
  return [
    lookBy('endless-body', 'an endless list of nodes', (_, response) => pour(response)),
    lookBy(
      'body-that-never-comes',
      'headers without a body',
      (_, response) => void response.writeHead(200).flushHeaders(),
    ),
    lookBy('no-answer', 'no answer at all', () => undefined),
    lookBy(
      'redirect',
      'a redirect to another server',
      (_, response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    ),
    lookBy('html', 'an HTML page', (_, response) => void response.end('<html><!channel></html>')),
    lookBy('deep', 'a hundred thousand brackets', (_, response) => void response.end('['.repeat(100_000))),
    lookBy('cut', 'half of an answer', (_, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{"items":[');
      setTimeout(() => response.destroy(), 50);
    }),
  ];
}

function shapes(): readonly Attack[] {
  const node = { metadata: { name: 'node-2' } };
  return [
    look('items-that-are-a-text', 'wrong types', { items: 'node-2' }),
    look('names-that-are-numbers', 'wrong types', { items: [{ metadata: { name: 7 } }] }),
    look('labels-that-are-lists', 'wrong types', { items: [{ metadata: { name: 'node-2', labels: { a: [1] } } }] }),
    look('conditions-that-are-objects', 'wrong types', { items: [{ ...node, status: { conditions: {} } }] }),
    look('nothing', 'null', null),
    lookBy(
      'huge-list',
      'two hundred thousand nodes',
      (_, response) =>
        void response.end(
          JSON.stringify({
            items: Array.from({ length: MANY }, (_none, n) => ({
              metadata: { name: `node-${n}`, labels: { x: 'a'.repeat(200) } },
            })),
          }),
        ),
    ),
  ];
}

/** The inspection must fail with the explanation for a broken API, in limited time and memory. */
function look(name: string, tries: string, nodes: unknown): Attack {
  return kube(
    name,
    `${tries} for the list of nodes`,
    { ...HONEST, [NODES]: nodes },
    async ({ adapter, folder, asked }) => {
      try {
        await cheaply(() => adapter.look(folder.signal));
      } catch (error) {
        reached(asked() > 0, 'The API received no request.');
        if (error instanceof Unreachable) return error.says;
        throw error;
      }
      must(false, 'The answer was accepted as a cluster.');
      return '';
    },
  );
}

const lookBy = (name: string, tries: string, answer: Answer): Attack => look(name, tries, answer);

/** Node names are used in commands and in comma-separated lists. */
function hostileNames(): Attack {
  const names = [
    'node-2;reboot',
    '$(reboot)',
    'a,b',
    '*',
    '-L',
    'a\nb',
    '<!channel>',
    'a\u202eb',
    `${'a'.repeat(10_000)}`,
    'a b',
    "'",
  ];
  const answers = { ...HONEST, [NODES]: { items: [{ metadata: { name: 'x' } }] } };
  return kube(
    'node-names',
    'nodes named `;`, `$(…)`, commas, newlines, RTL, 10,000 letters',
    answers,
    async ({ adapter, folder, answer }) => {
      reached((await adapter.look(folder.signal)).nodes.length === 1, 'A valid node was not accepted.');
      for (const name of names) {
        must(!isNodeName(name), `${name} is accepted as a name.`);
        answer(NODES, { items: [{ metadata: { name } }] });
        const seen = await adapter.look(folder.signal).then(
          ({ nodes }) => nodes.length,
          (error: unknown) => said(error),
        );
        must(typeof seen === 'string', `A node was accepted with the name ${JSON.stringify(name.slice(0, 40))}.`);
      }
      return 'each is rejected as an impossible answer of Kubernetes';
    },
  );
}

function said(error: unknown): string {
  if (error instanceof Unreachable) return error.says;
  throw error;
}

/** Each version named by the API causes one more request. */
function manyVersions(): Attack {
  const versions = Array.from({ length: 50_000 }, (_, n) => ({ groupVersion: `metalk8s.scality.com/v${n}` }));
  const answers = { ...HONEST, '/apis/metalk8s.scality.com': { versions } };
  return kube(
    'fifty-thousand-versions',
    'an API group of fifty thousand versions',
    answers,
    async ({ adapter, folder, asked }) => {
      const outcome = await cheaply(() => adapter.look(folder.signal).then(() => 'a cluster', said));
      reached(asked() > 5, 'The API received no request.');
      must(asked() < 200, `The API received ${asked()} requests.`);
      return `${asked()} requests: ${outcome}`;
    },
  );
}

/** Anyone who may create pods can create a Ready pod with the label of the Salt master. */
function fakeMaster(): Attack {
  const fakes = [
    { ...MASTER, metadata: { name: 'a-master' } },
    { ...MASTER, metadata: { ...MASTER.metadata, name: 'a-master' } },
    { ...MASTER, spec: { nodeName: 'node-2' } },
  ];
  const answers = { ...WITH_BOOTSTRAP, [`${SYSTEM}/pods`]: { items: fakes } };
  return kube('fake-salt-master', 'Ready pods with the label of the Salt master', answers, async (api) => {
    const { adapter, folder, answer, onSession } = api;
    let opened = 0;
    onSession((say) => {
      opened += 1;
      say(3, Buffer.from('{"status":"Success"}'));
    });
    const run = () => adapter.run(command('salt'), { signal: folder.signal, limitMs: LIMIT_MS });
    const outcome = await run().then(({ ended }) => endInWords(ended), said);
    must(opened === 0, 'A command was sent to a pod that only carries the label.');
    must((await adapter.look(folder.signal)).saltMaster === null, 'A fake pod counts as the Salt master.');
    answer(`${SYSTEM}/pods`, { items: [...fakes, MASTER] });
    await run();
    reached(opened === 1, 'The real Salt master received no command.');
    return outcome;
  });
}

function sessions(): readonly Attack[] {
  return [
    session(
      'endless-output',
      'a command in the pod with endless output',
      (say) => {
        for (let n = 0; n < 40; n += 1) say(1, Buffer.from(PIECE));
      },
      EARLY_END_MS,
    ),
    session('never-closing', 'a session that never ends', () => undefined),
    session('status-that-is-none', 'an end without a valid status', (say) =>
      say(3, Buffer.from('{"status":["Success"]}')),
    ),
    session('status-__proto__', 'a status that sets __proto__', (say) =>
      say(3, Buffer.from('{"__proto__":{"status":"Success"}}')),
    ),
    session('unknown-channel', 'data on an unknown channel', (say) => {
      for (let n = 0; n < 40; n += 1) say(200, Buffer.from(PIECE));
    }),
  ];
}

/** Without an exit code the command must not count as completed. */
function session(name: string, tries: string, talk: (say: Say) => void, limitMs = LIMIT_MS): Attack {
  return kube(`session-${name}`, tries, WITH_BOOTSTRAP, async ({ adapter, folder, onSession }) => {
    let opened = 0;
    onSession((say) => {
      opened += 1;
      talk(say);
    });
    const result = await cheaply(() => adapter.run(command('salt'), { signal: folder.signal, limitMs }), EARLY_END_MS);
    reached(opened === 1, 'No session was opened.');
    must(result.ended.is !== 'exit', `The session was accepted as completed: ${endInWords(result.ended)}.`);
    must(result.stdout.length <= 17 * 2 ** 20, 'The whole output was kept in memory.');
    return endInWords(result.ended);
  });
}

function kube(name: string, tries: string, answers: Answers, stopped: (api: Api) => Promise<string>): Attack {
  return { on: 'part', name: `kube-api-${name}`, tries, stopped: (folder) => served(answers, folder, stopped) };
}

function pour(response: ServerResponse): void {
  response.writeHead(200);
  const more = (): void => {
    while (!response.destroyed) if (!response.write(PIECE)) return void response.once('drain', more);
  };
  more();
}
