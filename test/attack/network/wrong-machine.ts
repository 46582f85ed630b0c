import type { SimNode } from '../../../sandbox/cluster/world.ts';
import type { Attack } from '../attack.ts';
import { refusedInWords } from '../files/own-files.ts';
import { NotMade } from '../outcome.ts';
import type { AttackStage } from '../stage/attack-stage.ts';

const HOST = 'metalk8s.scality.com/ssh-host';

/** Annotations that lead the worker to another machine than the approved node. */
export function wrongMachineAttacks(): readonly Attack[] {
  return [
    attack(
      'ssh-host-of-another-node',
      'an annotation of node-1 that leads to node-3',
      /same SSH address/,
      ({ node3 }) => node3.ip,
    ),
    // The name of an address is no other text of it: only the machine itself tells.
    attack(
      'ssh-host-by-another-name',
      'the same by another name of that address',
      /none of its interfaces/,
      ({ node3 }) => mapped(node3.ip),
    ),
  ];
}

interface Pair {
  readonly node1: SimNode;
  readonly node3: SimNode;
}

function attack(name: string, tries: string, wanted: RegExp, host: (pair: Pair) => string): Attack {
  return {
    on: 'worker',
    name,
    tries,
    async stopped(stage) {
      const [node1, node3] = [nodeOf(stage, 'node-1'), nodeOf(stage, 'node-3')];
      const before = node1.annotations[HOST];
      node1.annotations[HOST] = host({ node1, node3 });
      try {
        return await refusedInWords(stage, wanted, ['node-1']);
      } finally {
        if (before === undefined) delete node1.annotations[HOST];
        else node1.annotations[HOST] = before;
      }
    },
  };
}

/** RFC 4291, 2.5.5.2: an IPv4 address as IPv6. */
const mapped = (ip: string): string => `::ffff:${ip}`;

function nodeOf({ sandbox }: AttackStage, name: string): SimNode {
  const node = sandbox.cluster.world.nodes.get(name);
  if (node === undefined) throw new NotMade(`The sandbox has no ${name}.`);
  return node;
}
