import { putArchive } from '../build/archives.ts';
import { type ArchiveContent, archiveContent } from '../build/content.ts';
import type { DescribedArchive } from '../build/description.ts';
import { endpointsOf } from '../kube/objects/endpoints.ts';
import type { ClusterParts } from '../parts.ts';
import { runScript } from '../scripts.ts';
import type { NodeActs, SimNode } from '../world.ts';
import type { Backups } from './backups.ts';
import { bootstrapArchives, OperationFailed, solutionsFile, writeBootstrapArchives, writeSolutions } from './config.ts';
import { saltState } from './salt-state.ts';
import { unmountOnBootstrap } from './unmount.ts';

/** The folder of the ISO files that these operations bring. */
const RELEASES = '/srv/scality/releases';
/** Solutions are imported in this version. */
const SOLUTION_VERSION = '1.0.0';
const VERSION_LABEL = 'metalk8s.scality.com/version';

/**
 * MetalK8s' scripts on the bootstrap node. Like the real ones, they change the bootstrap's registry only: a second registry keeps what
 * it has. Each throws OperationFailed with what the script would print.
 */
export class Operations {
  private readonly parts: ClusterParts;
  private readonly acts: NodeActs;
  private readonly backups: Backups;

  constructor(parts: ClusterParts, acts: NodeActs, backups: Backups) {
    this.parts = parts;
    this.acts = acts;
    this.backups = backups;
  }

  /** While a script runs, the worker sees it and waits, or refuses to plan. */
  async run(name: string, args: readonly string[]): Promise<void> {
    const known: Readonly<Record<string, (of: string) => Promise<void>>> = {
      'iso-manager add': (version) => this.addIso(version),
      'iso-manager remove': (version) => this.removeIso(version),
      upgrade: (version) => this.upgrade(version),
      'solution import': (solution) => this.importSolution(solution),
      'solution unimport': (solution) => this.unimportSolution(solution),
    };
    const act = known[[name, ...args.slice(0, -1)].join(' ')];
    if (act === undefined) throw new OperationFailed(`There is no operation ${name} ${args.join(' ')}.`);
    const end = await runScript(this.parts.world.bootstrap, `${name === 'solution' ? 'solutions' : name}.sh`);
    try {
      await act(args.at(-1) ?? '');
    } finally {
      await end();
      this.parts.world.events.emit('changed');
    }
  }

  /** `iso-manager.sh -a`: lists the archive, mounts it, configures every version, and deploys the bootstrap's registry again. */
  private async addIso(version: string): Promise<void> {
    const path = `${RELEASES}/metalk8s-${version}.iso`;
    const listed = await bootstrapArchives(this.parts);
    const content = this.contentOf({ ...BLANK, kind: 'metalk8s', version, path });
    if (listed.includes(content.described.path)) throw new OperationFailed(`Archive ${path} is listed already.`);
    await this.bring(content);
    await writeBootstrapArchives(this.parts, [...listed, content.described.path]);
    await this.state('metalk8s.archives.mounted');
    await this.configureArchives();
  }

  /** `iso-manager.sh -r`: the file itself stays. */
  private async removeIso(version: string): Promise<void> {
    const content = this.parts.archives.find((one) => one.id === `metalk8s-${version}`);
    const listed = await bootstrapArchives(this.parts);
    if (content === undefined || !listed.includes(content.described.path))
      throw new OperationFailed(`No archive of MetalK8s ${version} is listed.`);
    const { nodes } = this.parts.world;
    if ([...nodes.values()].some((node) => node.version === version))
      throw new OperationFailed(`MetalK8s ${version} is in use by a node.`);
    this.describe(content, { listed: false, mounted: false });
    await writeBootstrapArchives(
      this.parts,
      listed.filter((path) => path !== content.described.path),
    );
    await this.configureArchives();
    await unmountOnBootstrap(this.parts, this.acts, content.id);
  }

  /** `upgrade.sh`, in its order: the bootstrap's registry, the annotation, then each node's label and engine. */
  private async upgrade(version: string): Promise<void> {
    const { world } = this.parts;
    const saltenv = `metalk8s-${version}`;
    if (!world.bootstrap.mounts.some(({ target }) => target === `/srv/scality/${saltenv}`))
      throw new OperationFailed(
        `MetalK8s ${version} is not mounted on the bootstrap node: add its ISO with iso-manager.`,
      );
    await this.backups.take();
    await this.state('metalk8s.repo.installed', world.bootstrap, saltenv);
    await this.untilReady();
    world.clusterVersion = version;
    for (const node of world.nodes.values()) {
      node.version = version;
      node.labels[VERSION_LABEL] = version;
      node.minion.synced.add(version);
      world.events.emit('changed');
      await this.state('metalk8s.container-engine', node, saltenv);
    }
    await this.backups.take();
  }

  private async importSolution(name: string): Promise<void> {
    const path = `${RELEASES}/${name}-${SOLUTION_VERSION}.iso`;
    const file = await solutionsFile(this.parts);
    if (file.archives.includes(path)) throw new OperationFailed(`Solution ${name} is imported already.`);
    await this.bring(this.contentOf({ ...BLANK, kind: 'solution', name, version: SOLUTION_VERSION, path }));
    await writeSolutions(this.parts, { ...file, archives: [...file.archives, path] });
    await this.deploySolutions();
  }

  private async unimportSolution(name: string): Promise<void> {
    const file = await solutionsFile(this.parts);
    const content = this.parts.archives.find(
      ({ described }) => described.name === name && file.archives.includes(described.path),
    );
    if (content === undefined) throw new OperationFailed(`Solution ${name} is not imported.`);
    const { version, path } = content.described;
    if (file.active[name] !== undefined)
      throw new OperationFailed(`Solution ${name} ${version} is still active, cannot remove it`);
    await writeSolutions(this.parts, { ...file, archives: file.archives.filter((one) => one !== path) });
    this.describe(content, { listed: false, mounted: false });
    await this.deploySolutions();
  }

  private async deploySolutions(): Promise<void> {
    await this.state('metalk8s.solutions.available');
    await this.state('metalk8s.repo.installed');
    await this.untilReady();
  }

  /** `_configure_archives`: the include of each version, then the pod (reference: metalk8s.md §5.6). */
  private async configureArchives(): Promise<void> {
    const listed = await bootstrapArchives(this.parts);
    for (const { id, described } of this.parts.archives)
      if (listed.includes(described.path)) await this.state('metalk8s.repo.configured', this.parts.world.bootstrap, id);
    await this.state('metalk8s.repo.installed');
    await this.untilReady();
  }

  private async state(sls: string, node?: SimNode, saltenv?: string): Promise<void> {
    const { world } = this.parts;
    await saltState(world, this.acts, node ?? world.bootstrap, sls, saltenv ?? `metalk8s-${world.bootstrap.version}`);
  }

  /** The scripts end only once the registry answers again. Endpoints follow seconds later, before a person types the next command. */
  private async untilReady(): Promise<void> {
    const { world, closing } = this.parts;
    const { bootstrap } = world;
    const isListed = () =>
      endpointsOf(world)
        .read()
        .ready.some(({ node }) => node === bootstrap.name);
    while (bootstrap.registry?.ready !== true || !isListed()) {
      closing.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** The content of a known archive, or of a new one. */
  private contentOf(described: DescribedArchive): ArchiveContent {
    return this.parts.archives.find((one) => one.described.path === described.path) ?? archiveContent(described);
  }

  /** Puts the ISO on the bootstrap node, unless it is there. */
  private async bring(content: ArchiveContent): Promise<void> {
    if (!this.parts.archives.includes(content)) this.parts.archives.push(content);
    const { bootstrap } = this.parts.world;
    if ((await this.acts.exists(bootstrap, content.described.path)) === null)
      await putArchive(this.parts, bootstrap, content);
    this.describe(content, { listed: true, mounted: true });
  }

  private describe(content: ArchiveContent, now: Pick<DescribedArchive, 'listed' | 'mounted'>): void {
    const at = this.parts.archives.indexOf(content);
    this.parts.archives[at] = { ...content, described: { ...content.described, ...now } };
  }
}

const BLANK = { padMiB: 0, directory: false, listed: true, mounted: true } as const;
