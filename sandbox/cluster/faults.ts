import type { Faults } from './world.ts';

/** The arguments of each fault. A fault with `NODE` or `PATH` first can be on several times. */
const KNOWN: Readonly<Record<string, string>> = {
  'ssh-refused': 'NODE',
  'ssh-auth': 'NODE',
  'ssh-cut': 'NODE BYTES',
  'ssh-slow': 'NODE BYTES_PER_SECOND',
  'ssh-far': 'NODE SECONDS',
  'host-key-changed': 'NODE',
  'sudo-password': 'NODE',
  'shell-breaks': 'NODE',
  'shell-prints': 'NODE TEXT…',
  'util-linux-old': 'NODE',
  'chown-refused': 'NODE',
  'port-taken': 'NODE',
  'disk-full': 'NODE [BYTES_LEFT]',
  'node-not-ready': 'NODE',
  'upgrade-started': '',
  'script-running': 'SCRIPT',
  'bootstrap-registry-not-ready': '',
  'bootstrap-registry-incomplete': '',
  'bad-layer': 'NODE',
  'layer-cut': 'NODE',
  'layer-reset': 'NODE',
  'layer-stalled': 'NODE',
  'layer-slow': 'NODE BYTES_PER_SECOND',
  'bad-manifest': 'NODE',
  'include-lost': 'NODE',
  'salt-master-down': '',
  'salt-master-hung': '',
  'salt-master-not-ready': '',
  'salt-async-late': '',
  'minion-down': 'NODE',
  'salt-busy': '[NODE]',
  'salt-call-cut': 'NODE',
  'salt-call-killed': 'NODE',
  'state-fails': 'NODE SLS [COMMENT…]',
  'render-fails': 'NODE SLS',
  'pillar-fails': '',
  'endpoints-late': 'SECONDS',
  'endpoints-never': 'NODE',
  'kubelet-slow': 'SECONDS',
  'switch-fails': '',
  'exec-cut': '[0|1|137|abrupt|off]',
  'engine-fails': 'NODE',
  'engine-lost': 'NODE',
  'answer-lost': 'NODE',
  'engine-dead': 'NODE',
  'engine-stops': 'NODE',
  'node-drops': 'NODE',
  'crictl-missing': 'NODE',
  'kube-down': '',
  'kube-slow': 'SECONDS',
  'archive-missing': 'PATH',
  'archive-truncated': 'PATH',
  'archive-unreadable': 'PATH',
  'archive-replaced': 'PATH',
  'native-registry': '',
};

/** A fault's name or arguments are wrong; `message` shows the usage. */
export class FaultWrong extends Error {
  override readonly name = 'FaultWrong';
}

/** The names of the nodes that are there now: nodes join and leave. */
type NodeNames = Pick<ReadonlyMap<string, unknown>, 'has' | 'keys'>;

/** The active faults, once for each node or path. */
export class SimFaults implements Faults {
  private readonly on = new Map<string, (readonly string[])[]>();
  private readonly nodeNames: NodeNames;

  constructor(nodeNames: NodeNames) {
    this.nodeNames = nodeNames;
  }

  set(name: string, args: readonly string[]): void {
    this.check(name, args);
    const others = isPerTarget(name) ? this.all(name).filter((one) => one[0] !== args[0]) : [];
    this.on.set(name, [...others, args]);
  }

  clear(name: string): void {
    if (!(name in KNOWN)) throw new FaultWrong(unknown(name));
    this.on.delete(name);
  }

  /** Turns a fault off for one node or path only. */
  clearFor(name: string, first: string): void {
    const left = this.all(name).filter((one) => one[0] !== first);
    if (left.length === 0) this.on.delete(name);
    else this.on.set(name, left);
  }

  get(name: string): readonly string[] | undefined {
    return this.on.has(name) ? this.all(name).flat() : undefined;
  }

  /** The arguments after the node or path, if the fault is on for it. */
  wordsFor(name: string, first: string): readonly string[] | undefined {
    return this.all(name)
      .find((one) => one[0] === first)
      ?.slice(1);
  }

  isOn(name: string, first?: string): boolean {
    return this.all(name).some((one) => first === undefined || one.length === 0 || one[0] === first);
  }

  list(): readonly string[] {
    return [...this.on].flatMap(([name, times]) => times.map((args) => [name, ...args].join(' ')));
  }

  private all(name: string): readonly (readonly string[])[] {
    return this.on.get(name) ?? [];
  }

  private check(name: string, args: readonly string[]): void {
    const usage = KNOWN[name];
    if (usage === undefined) throw new FaultWrong(unknown(name));
    const wants = usage === '' ? [] : usage.split(' ');
    const least = wants.filter((one) => !one.startsWith('[')).length;
    const most = usage.includes('…') ? Number.POSITIVE_INFINITY : wants.length;
    if (args.length < least || args.length > most) throw new FaultWrong(`Usage: ${name} ${usage}`.trimEnd());
    const [first = ''] = args;
    if (wants[0]?.includes('NODE') && first !== '' && !this.nodeNames.has(first)) {
      throw new FaultWrong(`${name}: there is no node ${first}. Nodes: ${[...this.nodeNames.keys()].join(', ')}`);
    }
    for (const [at, want] of wants.entries()) checkNumber(name, want, args[at]);
    if (name === 'exec-cut' && !['0', '1', '137', 'abrupt', 'off', ''].includes(first))
      throw new FaultWrong(`Usage: ${name} ${usage}`);
  }
}

/** Every fault with its arguments, for people. */
export function faultList(): readonly string[] {
  return Object.entries(KNOWN).map(([name, usage]) => `${name} ${usage}`.trimEnd());
}

function isPerTarget(name: string): boolean {
  return /^\[?(NODE|PATH)/.test(KNOWN[name] ?? '');
}

function checkNumber(name: string, want: string, word: string | undefined): void {
  if (!/BYTES|SECONDS/.test(want) || word === undefined || /^\d+(\.\d+)?$/.test(word)) return;
  throw new FaultWrong(`${name}: ${want.replace(/[[\]]/g, '')} must be a number, not ${word}`);
}

function unknown(name: string): string {
  const near = Object.keys(KNOWN).toSorted((a, b) => distance(name, a) - distance(name, b))[0] ?? '';
  const hint = distance(name, near) <= Math.max(2, name.length / 3) ? ` Did you mean ${near}?` : '';
  return `Unknown fault ${name}.${hint} Known: ${Object.keys(KNOWN).join(', ')}`;
}

/** The Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const swap = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(swap, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
