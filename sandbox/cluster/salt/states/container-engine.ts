import { brokenAtRestart } from '../../engine-state.ts';
import { type Before, type Chunk, failed, hasChanged, type Outcome, ok, type Sls, type StateContext } from './chunk.ts';
import { CONFIG_TOML, configToml, configTomlV3, HOSTS_TOML, hostsToml, yumRepo } from './engine-config.ts';
import { fileManaged } from './file-states.ts';

const REPO_SLS = 'metalk8s.repo.redhat';
const SLS = 'metalk8s.container-engine.containerd.installed';
const RUNNING_SLS = 'metalk8s.container-engine.containerd.running';
/** The repositories that every run writes, each to /etc/yum.repos.d. */
export const YUM_REPOS = ['metalk8s-epel', 'metalk8s-kubernetes', 'metalk8s-saltstack', 'metalk8s-scality'] as const;
const CHECK = 'Check packages availability';
const CONFIGURED = 'Repositories configured';
const CONFIGURE = 'Configure containerd';
const INSTALL = 'Install containerd';
const ENSURE = 'Ensure containerd running';

/**
 * `metalk8s.container-engine`: mirrors from the currently ready Endpoints. Up to 132, config.toml is written even if a
 * package state fails, but containerd is then not restarted. The file and the daemon differ, and a second run finds the
 * file correct and reports success.
 */
export const containerEngine: Sls = {
  durationMs: 40_000,
  async render(context) {
    const endpoints = context.pillar.endpoints.map((ip) => `http://${ip}:${context.world.registryPort}`);
    return [...packages(context, endpoints), ...configuration(context, endpoints), ensureRunning(context, endpoints)];
  },
};

function packages(context: StateContext, endpoints: readonly string[]): readonly Chunk[] {
  const repoIds = YUM_REPOS.map((name) => `Configure ${name} repository`);
  const repos = YUM_REPOS.map((name) =>
    fileManaged(
      context,
      { sls: REPO_SLS, id: `Configure ${name} repository`, path: `/etc/yum.repos.d/${name}.repo` },
      async () => yumRepo(name, context.saltenv, endpoints),
    ),
  );
  const check: Chunk = {
    sls: REPO_SLS,
    id: CHECK,
    name: CHECK,
    fun: 'module.wait',
    requires: [],
    run: (before) =>
      checkPackages(
        context,
        endpoints,
        repoIds.some((id) => hasChanged(before, id)),
      ),
  };
  return [
    ...repos.map((repo): Chunk => ({ ...repo, fun: 'pkgrepo.managed' })),
    check,
    plain(REPO_SLS, CONFIGURED, 'test.succeed_without_changes', [CHECK], 'Success!'),
    ...['container-selinux', 'containerd', 'cri-tools'].map((name) =>
      plain(
        SLS,
        `Install ${name}`,
        'metalk8s_package_manager.installed',
        [CONFIGURED],
        'All specified packages are already installed',
      ),
    ),
  ];
}

function plain(sls: string, id: string, fun: Chunk['fun'], requires: readonly string[], comment: string): Chunk {
  return { sls, id, name: id, fun, requires, run: async () => ok(comment) };
}

/** `yum install --setopt tsflags=test`; runs only if a repository file changed in this run. */
async function checkPackages(context: StateContext, endpoints: readonly string[], isWanted: boolean): Promise<Outcome> {
  if (context.test || !isWanted) return ok('');
  for (const endpoint of endpoints) {
    const url = `${endpoint}/${context.saltenv}/redhat/8/metalk8s-epel-el8/repodata/repomd.xml`;
    if ((await yumStatus(url, context.signal)) === 404) {
      return failed(
        `Check availability of package container-selinux failed: ${url}: [Errno 14] HTTP Error 404 - Not Found`,
      );
    }
  }
  return ok('Module function metalk8s_package_manager.check_pkg_availability executed', { ret: true });
}

async function yumStatus(url: string, signal: AbortSignal): Promise<number | null> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]) });
    await answer.arrayBuffer();
    return answer.status;
  } catch (error) {
    if (signal.aborted) throw error;
    // yum tries the next baseurl if one is unreachable.
    return null;
  }
}

function configuration(context: StateContext, endpoints: readonly string[]): readonly Chunk[] {
  const isV2 = context.node.containerRuntime.startsWith('containerd://2');
  const text = isV2 ? configTomlV3(context.saltenv) : configToml(context.saltenv, endpoints);
  const spec = { sls: SLS, id: CONFIGURE, path: CONFIG_TOML, requires: isV2 ? [INSTALL] : [] };
  const written = fileManaged(context, spec, async () => text);
  const failing: Chunk = {
    ...written,
    run: async () => failed(`Unable to manage file: [Errno 30] Read-only file system: '${CONFIG_TOML}'`),
  };
  const config = context.world.faults.isOn('engine-fails', context.node.name) ? failing : written;
  if (!isV2) return [config];
  const hosts = { sls: SLS, id: 'Configure containerd registries', path: HOSTS_TOML, requires: [CONFIGURE] };
  return [config, fileManaged(context, hosts, async () => hostsToml(endpoints))];
}

function ensureRunning(context: StateContext, endpoints: readonly string[]): Chunk {
  const requires = [INSTALL, CONFIGURE];
  return { sls: RUNNING_SLS, id: ENSURE, name: 'containerd', fun: 'service.running', requires, run: restartIfChanged };

  async function restartIfChanged(before: Before): Promise<Outcome> {
    const { node, test } = context;
    const isV2 = node.containerRuntime.startsWith('containerd://2');
    const isChanged = hasChanged(before, CONFIGURE);
    if (test && isChanged) return { result: null, comment: 'Service is set to be restarted', changes: {} };
    if (test) return ok('The service containerd is already running');
    if (isV2 || isChanged) load(isChanged);
    return isChanged ? ok('Service restarted', { containerd: true }) : ok('The service containerd is already running');
  }

  function load(isRestart: boolean): void {
    const { world, node } = context;
    node.engine = { ...(isRestart ? restarted() : node.engine), endpoints: [...endpoints] };
    if (isRestart) world.events.emit('containerd-restarted', node.name);
    world.events.emit('changed');
  }

  function restarted() {
    return { restartedAt: new Date().toISOString(), brokenBy: brokenAtRestart(context.world, context.node) };
  }
}
