import type { ArchiveInfo } from '../minion/archives.ts';
import { namesIn } from '../node-tree.ts';
import { pause } from '../pace.ts';
import {
  type Before,
  type Chunk,
  failed,
  hasChanged,
  type Outcome,
  ok,
  type Sls,
  SlsRenderError,
  type StateContext,
} from './chunk.ts';
import { REPO_FILES, repoConfiguredChunks } from './repo-configured.ts';
import { configFiles, digestOf, MANIFEST, podManifest, podVolumes } from './repo-manifest.ts';

const SLS = 'metalk8s.repo.installed';
const INSTALL = 'Install repositories manifest';
const INJECT = 'Inject nginx image';
const DELAY = 'Delay after repositories pod deployment';
const UP = 'Ensure repositories container is up';
const CONTAINER_LIMIT_MS = 180_000;
const ANSWER_LIMIT_MS = 300_000;
const NO_CONTAINER = 'Failed to find container "repositories" in state "running": No container found';

/** `metalk8s.repo.installed`: the static pod `repositories`, and the wait until it answers. */
export const repoInstalled: Sls = {
  durationMs: 45_000,
  async render(context) {
    const archives = await context.archives();
    const archive = archives.find(({ env }) => env === context.saltenv);
    if (archive === undefined) {
      throw new SlsRenderError(`Jinja variable 'dict object' has no attribute '${context.saltenv}'`);
    }
    const pause = await injectImage(context, archive, 'pause');
    const nginx = await injectImage(context, archive, 'nginx');
    const image = `metalk8s-registry-from-config.invalid/${context.saltenv}/nginx:${nginx.tag}`;
    return [
      ...(await repoConfiguredChunks(context)),
      pause.chunk,
      nginx.chunk,
      installManifest(context, archives, image),
      ...waits(context),
    ];
  },
};

/** The saltenv gives the image's version, so the bootstrap's mount gives the file name; the file must exist on the node itself. */
async function injectImage(
  context: StateContext,
  archive: ArchiveInfo,
  name: string,
): Promise<{ readonly chunk: Chunk; readonly tag: string }> {
  const files = await namesIn(context.world.bootstrap, `${archive.path}/images`);
  const file = files.find((one) => one.startsWith(`${name}-`) && one.endsWith('.tar'));
  if (file === undefined) throw new SlsRenderError(`Missing version information for "${name}"; line 17`);
  const tag = file.slice(name.length + 1, -'.tar'.length);
  const path = `${archive.path}/images/${file}`;
  const reference = `metalk8s-registry-from-config.invalid/${context.saltenv}/${name}:${tag}`;
  return {
    tag,
    chunk: {
      sls: SLS,
      id: `Inject ${name} image`,
      name: reference,
      fun: 'containerd.image_managed',
      requires: [],
      run,
    },
  };

  async function run(): Promise<Outcome> {
    if ((await context.acts.exists(context.node, path)) === 'file') return ok(`Image ${reference} already present`);
    return failed(`Failed to import archive: ctr: open ${path}: no such file or directory`);
  }
}

function installManifest(context: StateContext, archives: readonly ArchiveInfo[], image: string): Chunk {
  const requires = [INJECT, ...REPO_FILES];
  return { sls: SLS, id: INSTALL, name: MANIFEST, fun: 'metalk8s.static_pod_managed', requires, run };

  async function run(): Promise<Outcome> {
    const { acts, node, pillar } = context;
    const files = configFiles(context, archives, pillar.available);
    for (const file of files.needed) {
      if ((await acts.exists(node, file)) !== 'file') {
        const cause = `[Errno 2] No such file or directory: '${file}'`;
        return context.test ? wouldWrite() : failed(`Unable to compute digest of config file ${file}: ${cause}`);
      }
    }
    const optional: string[] = [];
    for (const file of files.optional) if ((await acts.exists(node, file)) === 'file') optional.push(file);
    const digest = await digestOf(context, [...files.needed, ...optional]);
    const volumes = podVolumes(archives, pillar.available);
    return await write(podManifest(context, image, volumes, digest));
  }

  async function write(text: string): Promise<Outcome> {
    const { acts, node } = context;
    const isThere = (await acts.exists(node, MANIFEST)) === 'file';
    if (isThere && (await acts.readFile(node, MANIFEST)) === text)
      return ok(`File ${MANIFEST} is in the correct state`);
    if (context.test) return wouldWrite();
    await acts.writeFile(node, MANIFEST, text);
    return ok(`File ${MANIFEST} updated`, isThere ? { diff: 'Replace text file' } : { diff: 'New file', mode: '0600' });
  }
}

function wouldWrite(): Outcome {
  return { result: null, comment: `The file ${MANIFEST} is set to be changed`, changes: { newfile: MANIFEST } };
}

function waits(context: StateContext): readonly Chunk[] {
  const url = `http://${context.node.ip}:${context.world.registryPort}/${context.saltenv}/`;
  const delay: Chunk = {
    sls: SLS,
    id: DELAY,
    name: DELAY,
    fun: 'module.wait',
    requires: [INSTALL],
    run: async (before) =>
      hasChanged(before, INSTALL) ? ok('Module function test.sleep executed', { ret: true }) : ok(''),
  };
  const up: Chunk = { ...delay, id: UP, name: UP, requires: [DELAY], run: (before) => startPod(context, before) };
  const id = 'Wait for Repositories container to answer';
  const answer: Chunk = {
    sls: SLS,
    id,
    name: url,
    fun: 'http.wait_for_successful_query',
    requires: [UP],
    run: () => waitForAnswer(context, url),
  };
  return [delay, up, answer];
}

/** kubelet keeps retrying in the background; the state waits only for a limited time for a running container. */
async function startPod(context: StateContext, before: Before): Promise<Outcome> {
  const { world, acts, node, saltenv } = context;
  const isStale = hasChanged(before, INSTALL) || REPO_FILES.some((id) => hasChanged(before, id));
  if (context.test || (!isStale && node.registry !== null)) return ok('');
  const archives = await context.archives();
  const carries = [...archives.map(({ env }) => env), ...context.pillar.available.map(({ id }) => id)];
  await acts.startRegistry(node, { version: saltenv.replace(/^metalk8s-/, ''), carries });
  if (await canRun(context, archives)) return ok('Module function cri.wait_container executed', { ret: true });
  await pause(world, CONTAINER_LIMIT_MS, context.signal);
  return failed(NO_CONTAINER);
}

async function canRun({ world, acts, node, pillar }: StateContext, archives: readonly ArchiveInfo[]): Promise<boolean> {
  if (world.faults.isOn('port-taken', node.name)) return false;
  for (const { path } of podVolumes(archives, pillar.available)) {
    if ((await acts.exists(node, path)) !== 'directory') return false;
  }
  return true;
}

async function waitForAnswer(context: StateContext, url: string): Promise<Outcome> {
  if (context.test) return { result: null, comment: 'Query will be executed', changes: {} };
  const until = Date.now() + Math.max(2_000, ANSWER_LIMIT_MS * context.world.pace);
  for (;;) {
    const status = await statusOf(url, context.signal);
    if (status === 200) return ok(`Match text found; Status 200 was found`);
    if (Date.now() > until) return failed(`Status ${status ?? 'of no answer'} was not found, as specified: 200`);
    await pause(context.world, 1_000, context.signal);
  }
}

async function statusOf(url: string, signal: AbortSignal): Promise<number | null> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]) });
    await answer.arrayBuffer();
    return answer.status;
  } catch (error) {
    if (signal.aborted) throw error;
    // No answer yet: retry until the limit.
    return null;
  }
}
