import { type SolutionInfo, solutionOf } from '../minion/solutions.ts';
import { CONF_D } from '../registry-files.ts';
import { type Chunk, failed, ok, type Sls, SlsRenderError, SourceMissing, type StateContext } from './chunk.ts';
import { fileAbsent, fileDirectory, fileExists, fileManaged } from './file-states.ts';
import { mountMounted, mountUnmounted } from './mount-states.ts';

const SLS = 'metalk8s.solutions.available';

/** `metalk8s.solutions.available`: mounts the solutions in solutions.yaml, and unmounts others mounted on the bootstrap. */
export const solutionsAvailable: Sls = {
  durationMs: 2_000,
  async render(context) {
    const { solutions, available } = context.pillar;
    if (solutions.is === 'wrong') return [cannotProceed(solutions.errors)];
    if (solutions.archives.length === 0 && available.length === 0) return [nothingToDo()];
    const chunks: Chunk[] = [];
    for (const archive of solutions.archives) chunks.push(...mountOf(context, await manifestOf(context, archive)));
    const unlisted = available.filter(({ archive }) => !solutions.archives.includes(archive));
    for (const solution of unlisted) {
      const isActive =
        solutions.active[solution.name] === solution.version || solutions.active[solution.name] === 'latest';
      chunks.push(...(isActive ? [stillActive(solution)] : removalOf(context, solution)));
    }
    return chunks;
  },
};

async function manifestOf({ acts, node }: StateContext, archive: string): Promise<SolutionInfo> {
  try {
    if ((await acts.exists(node, archive)) !== 'file') {
      throw new Error(`Failed to run isoinfo: isoinfo: No such file or directory. Unable to open '${archive}'`);
    }
    return await solutionOf(acts, node, archive);
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    throw new SlsRenderError(`Problem running salt function in Jinja template: ${says}; line 27`);
  }
}

function mountOf(context: StateContext, solution: SolutionInfo): readonly Chunk[] {
  const shown = `${solution.name} ${solution.version}`;
  const directory = `Mountpoint for Solution ${shown} exists`;
  const mount = `Archive of Solution ${shown} is mounted at ${solution.path}`;
  const images = `Container images for Solution ${shown} exist`;
  const include = `${CONF_D}/${solution.id}-registry-config.inc`;
  return [
    fileDirectory(context, { sls: SLS, id: directory, path: solution.path }),
    mountMounted(context, {
      sls: SLS,
      id: mount,
      target: solution.path,
      isoPath: solution.archive,
      requires: [directory],
    }),
    fileExists(context, {
      sls: SLS,
      id: `Manifest of Solution ${shown} exists`,
      path: `${solution.path}/manifest.yaml`,
      requires: [mount],
    }),
    fileExists(context, { sls: SLS, id: images, path: `${solution.path}/images`, requires: [mount] }),
    fileManaged(
      context,
      { sls: SLS, id: `Expose container images for Solution ${shown}`, path: include, requires: [images] },
      () => renderInclude(context, solution),
    ),
  ];
}

/** The include, from the solution's own template in its ISO. */
async function renderInclude({ acts, node }: StateContext, { id, path }: SolutionInfo): Promise<string> {
  const template = `${path}/registry-config.inc.j2`;
  if ((await acts.exists(node, template)) !== 'file') throw new SourceMissing(`Source file ${template} not found`);
  const text = await acts.readFile(node, template);
  return text.replaceAll(/\{\{\s*repository\s*\}\}/g, id).replaceAll(/\{\{\s*registry_root\s*\}\}/g, `${path}/images`);
}

function removalOf(context: StateContext, solution: SolutionInfo): readonly Chunk[] {
  const shown = `${solution.name} ${solution.version}`;
  const include = `Remove container images for Solution ${shown}`;
  const unmount = `Unmount Solution ${shown}`;
  return [
    fileAbsent(context, { sls: SLS, id: include, path: `${CONF_D}/${solution.id}-registry-config.inc` }),
    mountUnmounted(context, {
      sls: SLS,
      id: unmount,
      target: solution.path,
      isoPath: solution.archive,
      requires: [include],
    }),
    fileAbsent(context, {
      sls: SLS,
      id: `Clean mountpoint for Solution ${shown}`,
      path: solution.path,
      requires: [unmount],
    }),
  ];
}

function stillActive({ name, version }: SolutionInfo): Chunk {
  const id = `Cannot remove archive for active Solution ${name} ${version}`;
  return failing(id, `Solution ${name} ${version} is still active, cannot remove it`, 'Failure!');
}

function cannotProceed(errors: readonly string[]): Chunk {
  const id = 'Cannot proceed with mounting of Solution archives';
  return failing(id, id, `Errors: ${errors.join('; ')}`);
}

function failing(id: string, name: string, comment: string): Chunk {
  return { sls: SLS, id, name, fun: 'test.fail_without_changes', requires: [], run: async () => failed(comment) };
}

function nothingToDo(): Chunk {
  const id = 'No Solution found in configuration';
  return { sls: SLS, id, name: id, fun: 'test.succeed_without_changes', requires: [], run: async () => ok('Success!') };
}
