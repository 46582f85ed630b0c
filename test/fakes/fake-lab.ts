import { Unreachable } from '../../src/domain/answers/failure.ts';
import { imageName, mountpointOf } from '../../src/domain/cluster/archive.ts';
import type { Facts, NodeAccess, OpenTarget } from '../../src/domain/cluster/facts.ts';
import type { MachineFacts } from '../../src/domain/cluster/machine.ts';
import { endpointUrl } from '../../src/domain/cluster/registry.ts';
import type { RunningJob, SaltReturn } from '../../src/domain/cluster/salt.ts';
import type { RunningScript } from '../../src/domain/guards/scripts.ts';
import { type Command, render } from '../../src/domain/node-commands/command.ts';
import { exit } from '../../src/domain/node-commands/ended.ts';
import type { BootstrapNode, Kubernetes, Registries } from '../../src/ports/cluster.ts';
import type { Copier } from '../../src/ports/copier.ts';
import type { NodeShell, TargetNodes } from '../../src/ports/nodes.ts';
import type { Salt } from '../../src/ports/salt.ts';
import { current, emptyTarget, facts, nodes, older, solution } from '../fixtures/facts.ts';
import { emptyInside, type Inside, isPresent, runPlain } from './fake-node-commands.ts';
import { FakeSwitch } from './fake-switch.ts';

const archives = [older, current, solution];
/** Digest of every blob. */
const BLOB = '1'.repeat(64);
const OK: SaltReturn = { is: 'ok', states: 3, changed: 2 };

/**
 * The cluster of test/fixtures/facts.ts in memory, all ports over one state: a copy puts a file there, a state mounts it or starts
 * the registry with the includes it finds, the engines take the Endpoints of that moment. `ran` lists every act, in order.
 */
export class FakeLab {
  readonly ran: string[] = [];
  readonly pinned: string[] = [];
  /** An answer to a Salt command line, instead of its work. */
  readonly saltSays = new Map<string, SaltReturn>();
  jobs: readonly RunningJob[] = [];
  /** The switch on the bootstrap node, and its registry's manifest. */
  readonly drillSwitch = new FakeSwitch();
  scripts: readonly RunningScript[] = [];
  /** Changes the facts of later inspections. */
  change: (seen: Facts) => Facts = (seen) => seen;
  readonly #inside = new Map<string, Inside>();
  readonly #engines = new Map(nodes.map(({ name }) => [name, [endpointUrl('10.200.3.11')]]));

  facts(): Facts {
    const base = facts();
    const withRegistry = nodes.filter(({ name }) => this.#of(name).registry !== null);
    const { hasManifest } = this.drillSwitch;
    const seen: Facts = {
      ...base,
      kube: {
        ...base.kube,
        endpoints: {
          ready: [...(hasManifest ? ['10.200.3.11'] : []), ...withRegistry.map(({ ip }) => ip ?? '')],
          notReady: [],
        },
        registries: [
          ...(hasManifest ? base.kube.registries : []),
          ...withRegistry.map(({ name }) => ({
            node: name,
            ready: true,
            version: '128.0.1',
            carries: archives.map(({ id }) => id),
          })),
        ],
      },
      engines: nodes.map(({ name }) => ({ node: name, is: 'known', endpoints: this.#engines.get(name) ?? [] })),
    };
    return this.change(seen);
  }

  readonly kubernetes: Kubernetes = {
    look: async () => this.facts().kube,
    endpoints: async () => this.facts().kube.endpoints,
  };

  readonly bootstrap: BootstrapNode = {
    look: async () => this.facts().bootstrap,
    glance: async () => this.facts().bootstrap,
    scripts: async () => this.scripts,
    read: () => {
      throw new Error('the fake copier reads nothing');
    },
    sha256: async (path) => archives.find((archive) => archive.path === path)?.sha256 ?? '',
  };

  readonly shell: Pick<NodeShell, 'pin' | 'run'> = {
    pin: async (keys) => void this.pinned.push(...keys.map(({ key }) => key.fingerprint)),
    run: async ({ node }, command) => {
      this.ran.push(`${node}$ ${render(command)}`);
      return runPlain(command, this.inside(node));
    },
  };

  machine = (name: string): MachineFacts => emptyTarget(name).machine;

  readonly targets: TargetNodes = {
    look: async ({ node }, { paths }) => this.#target(node, paths),
    hasFile: async ({ node }, { path }) => this.#of(node).files.has(path),
    present: async ({ node }, paths) => paths.filter((path) => isPresent(this.#of(node), path)),
    mounts: async ({ node }) => this.#mounts(node),
    machine: async ({ node }) => this.machine(node),
    registryConfig: async ({ node }) => [...this.#of(node).config],
    registryFiles: async ({ node }, wanted) => ({
      files: wanted.map(({ path }) => ({ path, is: this.#of(node).files.has(path) ? 'same' : 'absent' })),
      ...this.#mounts(node),
      registryConfig: [...this.#of(node).config],
    }),
  };

  readonly copier: Copier = {
    prepare: async () => undefined,
    copy: async (step, { node }, onProgress) => {
      this.ran.push(...step.commands.map(({ on, command }) => `${on}$ ${render(command)}`));
      onProgress({ sent: step.archive.size, total: step.archive.size, rate: 1_000_000 });
      this.#of(node).files.add(step.archive.path);
    },
  };

  readonly registries: Registries = {
    manifest: async (address, image) => {
      const node = nodes.find(({ ip }) => ip === address)?.name ?? '';
      if (node === 'bootstrap' && !this.drillSwitch.hasManifest)
        throw new Unreachable(address, 'registry', 'It does not answer.');
      const served = node === 'bootstrap' || this.#of(node).registry?.has(image.prefix) === true;
      return served ? { sha256: `sha of ${imageName(image)}`, blobs: [{ digest: `sha256:${BLOB}`, size: 7 }] } : null;
    },
    blob: async () => ({ size: 7, sha256: BLOB }),
  };

  readonly salt: Salt = {
    call: async (access, command) => this.#call(access, command),
    forget: async () => undefined,
    start: async (command) => {
      this.ran.push(`salt-master-bootstrap$ ${render(command)}`);
      const urls = this.facts().kube.endpoints.ready.map(endpointUrl);
      const names = command.args[command.args.indexOf('-L') + 1]?.split(',') ?? [];
      for (const name of names) if (!this.saltSays.has(`engines ${name}`)) this.#engines.set(name, urls);
      return '20261122101530123456';
    },
    job: async (jid) => ({
      jid,
      known: true,
      targeted: nodes.map(({ name }) => name),
      returns: Object.fromEntries(nodes.map(({ name }) => [name, this.saltSays.get(`engines ${name}`) ?? OK])),
    }),
    run: async (node, command, signal) => {
      signal.throwIfAborted();
      this.ran.push(`${node}$ ${render(command)}`);
      const told = this.drillSwitch.run(command);
      return told ?? { ended: exit(command.program === 'crictl' ? 0 : 127), stdout: '', stderr: '' };
    },
    stillRunning: async () => [],
    answering: async (names) =>
      this.facts().salt.masterAnswers ? names.filter((name) => this.facts().salt.answered.includes(name)) : null,
    stateRuns: async (names) => {
      const { masterAnswers, answered } = this.facts().salt;
      return masterAnswers ? { answered: names.filter((name) => answered.includes(name)), runs: this.jobs } : null;
    },
    engines: async (names) => this.facts().engines.filter(({ node }) => names.includes(node)),
  };

  #call({ node }: NodeAccess, command: Command): SaltReturn {
    this.ran.push(`${node}$ ${render(command)}`);
    const line = command.args.find((word) => word.startsWith('metalk8s.')) ?? '';
    const said = this.saltSays.get(line);
    if (said !== undefined) return said;
    this.#apply(
      line,
      command.args.find((word) => word.startsWith('saltenv='))?.slice('saltenv='.length) ?? '',
      this.#of(node),
    );
    return OK;
  }

  #apply(state: string, saltenv: string, inside: Inside): void {
    if (state === 'metalk8s.archives.mounted') for (const { id } of [older, current]) mountOn(inside, id);
    if (state === 'metalk8s.solutions.available') {
      mountOn(inside, solution.id);
      inside.config.add(`${solution.id}-registry-config.inc`);
    }
    if (state === 'metalk8s.repo.configured' || state === 'metalk8s.repo.installed')
      inside.config.add(`99-${saltenv}-registry.inc`);
    if (state === 'metalk8s.repo.installed')
      inside.registry = new Set(
        archives.filter(({ id }) => [...inside.config].some((file) => file.includes(id))).map(({ id }) => id),
      );
  }

  #target(name: string, paths: readonly string[] | undefined): OpenTarget {
    const inside = this.#of(name);
    const files = archives.map(({ path, size }) => ({
      path,
      is: inside.files.has(path) ? ('same' as const) : ('absent' as const),
      size,
      mounted: this.#mounts(name).mounts.some(({ backingFile }) => backingFile === path),
    }));
    const seen = emptyTarget(name, {
      files,
      ...this.#mounts(name),
      ...(paths === undefined ? {} : { present: paths.filter((path) => isPresent(inside, path)) }),
      registryConfig: [...inside.config],
    });
    const told = this.facts().targets.find((target) => target.node === name);
    return told?.is === 'open' && told.hostKey.key !== seen.hostKey.key ? { ...seen, hostKey: told.hostKey } : seen;
  }

  #mounts(name: string) {
    const { mounted, fstab } = this.#of(name);
    const entries = (ids: ReadonlySet<string>) =>
      archives
        .filter(({ id }) => ids.has(id))
        .map((archive) => ({ mountpoint: mountpointOf(archive), backingFile: archive.path }));
    return { mounts: entries(mounted), fstab: entries(fstab) };
  }

  /** The state of a node, for tests that change it. */
  inside(name: string): Inside {
    return this.#of(name);
  }

  #of(name: string): Inside {
    const known = this.#inside.get(name);
    if (known !== undefined) return known;
    const fresh = emptyInside();
    this.#inside.set(name, fresh);
    return fresh;
  }
}

function mountOn({ mounted, fstab }: Inside, id: string): void {
  mounted.add(id);
  fstab.add(id);
}
