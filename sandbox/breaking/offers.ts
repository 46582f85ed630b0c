import { faultList } from '../cluster/faults.ts';
import type { ServiceName } from '../processes/services.ts';
import type { Deed } from '../slack/page-api/breaking.ts';

/** No node of the sandbox's own cluster. */
const NEW_NODE = 'node-4';

/** What a newcomer can break, said in words, each as a statement of a scenario. `target` and `other` are nodes beside the bootstrap node. */
export function offersFor(target: string, other: string): readonly Offer[] {
  const named = namedOffers(target, other);
  return [...named, { title: 'Every other fault', deeds: otherFaults(target, named) }];
}

interface Offer {
  readonly title: string;
  readonly deeds: readonly Deed[];
}

function namedOffers(target: string, other: string): readonly Offer[] {
  return [
    {
      title: 'Nodes and SSH',
      deeds: [
        deed(`Copies to ${target} are slow`, `fault ssh-slow ${target} 1500000`),
        deed(`${target} refuses SSH`, `fault ssh-refused ${target}`),
        deed(`${target} has another host key`, `fault host-key-changed ${target}`),
        deed(`The disk of ${target} is full`, `fault disk-full ${target}`),
      ],
    },
    {
      title: 'Machines',
      deeds: [
        deed(`${target} reboots`, `reboot ${target}`),
        deed(`${target} is switched off`, `power off ${target}`),
        deed(`${target} is switched on`, `power on ${target}`),
        deed(`${target} gets a new machine with its name and address`, `node replace ${target}`),
        deed(`${other} is deleted for good`, `node delete ${other}`),
        deed(`${NEW_NODE} joins the cluster`, `node add ${NEW_NODE}`),
      ],
    },
    {
      title: 'What makes a registry stale',
      deeds: [
        deed('An archive is added on the bootstrap node', 'iso-manager add 129.0.0'),
        deed('An archive is taken from its list', 'iso-manager remove 127.0.6'),
        deed('The cluster is upgraded to the new archive', 'upgrade 129.0.0'),
        deed('A solution is imported', 'solution import other'),
        deed('It is taken away again', 'solution unimport other'),
        deed(`${target} loses a part of its registry`, `fault include-lost ${target}`),
      ],
    },
    {
      title: 'Salt and Kubernetes',
      deeds: [
        deed('Another Salt state is running', 'fault salt-busy'),
        deed('The salt-master is down', 'fault salt-master-down'),
        deed(`The minion of ${target} is down`, `fault minion-down ${target}`),
        deed('The Kubernetes API is down', 'fault kube-down'),
        deed('Endpoints come 60 seconds late', 'fault endpoints-late 60'),
      ],
    },
    {
      title: 'Registries and engines',
      deeds: [
        deed(`${target} serves a wrong layer`, `fault bad-layer ${target}`),
        deed(`The engine of ${other} does not come back`, `fault engine-dead ${other}`),
        deed(`${other} pulls an image`, `engine pull ${other} metalk8s-128.0.1/pause:3.9`),
      ],
    },
    {
      title: 'Slack, bot, worker, Redis',
      deeds: [
        deed('Slack rejects edits of cards', 'fault slack-429 chat.update 8'),
        ...(['worker', 'bot', 'redis'] as const).flatMap(processDeeds),
      ],
    },
  ];
}

/** An example of each fault that has no name of its own here. */
function otherFaults(target: string, named: readonly Offer[]): readonly Deed[] {
  const taken = named.flatMap(({ deeds }) => deeds.map(({ statement }) => statement.split(' ')[1]));
  const examples: Readonly<Record<string, string>> = { ...EXAMPLES, NODE: target };
  return faultList().flatMap((usage) => {
    const [name = '', ...wanted] = usage.split(' ');
    const words = wanted.flatMap((word) => (word.startsWith('[') ? [] : [examples[word] ?? word]));
    return taken.includes(name) ? [] : [deed(name.replaceAll('-', ' '), ['fault', name, ...words].join(' '))];
  });
}

/** What stands for the words in capitals of a fault's usage. */
const EXAMPLES = {
  BYTES: '2000000',
  BYTES_PER_SECOND: '1500000',
  SECONDS: '5',
  PATH: '/srv/scality/releases/metalk8s-127.0.6.iso',
  SLS: 'metalk8s.archives.mounted',
  SCRIPT: 'upgrade.sh',
  'TEXT…': 'Welcome',
};

const deed = (label: string, statement: string): Deed => ({ label, statement });

const processDeeds = (name: keyof typeof NAMES): readonly Deed[] => [
  deed(`Kill ${NAMES[name]}`, `kill ${name}`),
  deed(`Start ${NAMES[name]}`, `start ${name}`),
];

const NAMES = { worker: 'the worker', bot: 'the bot', redis: 'Redis' } as const satisfies Partial<
  Readonly<Record<ServiceName, string>>
>;
