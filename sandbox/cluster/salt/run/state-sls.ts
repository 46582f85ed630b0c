import { type ArchiveInfo, getArchives } from '../minion/archives.ts';
import type { FunContext } from '../minion/fun-context.ts';
import { CommandExecutionError, type FunResult, returned } from '../minion/fun-result.ts';
import { compilePillar, type Pillar } from '../minion/pillar.ts';
import { type Chunk, type Sls, SlsRenderError, type StateContext } from '../states/chunk.ts';
import { conflictOf } from './conflict.ts';
import { namesSls } from './fault-words.ts';
import { runChunks } from './run-chunks.ts';
import { findSls } from './sls-tree.ts';

const PILLAR_FAILED = 5;

/** `state.sls`: checks conflict, pillar and rendering, then runs the states. Each failure has its own answer format. */
export async function stateSls(call: FunContext): Promise<FunResult> {
  const { node, work } = call;
  const conflict = conflictOf(call.world, node);
  if (conflict !== null) return notRun([conflict]);
  node.minion.running = work;
  try {
    return await renderAndRun(call);
  } finally {
    node.minion.running = null;
  }
}

async function renderAndRun(call: FunContext): Promise<FunResult> {
  const pillar = await compilePillar(call.world, call.acts);
  if (pillar.config.is === 'wrong') {
    return notRun(['Pillar failed to render with the following messages:', ...pillar.config.errors], PILLAR_FAILED);
  }
  const saltenv = typeof call.kwargs.saltenv === 'string' ? call.kwargs.saltenv : defaultEnv(call);
  const { archives } = pillar.config;
  const found = await findSls(call.world, call.acts, archives, saltenv, (call.args[0] ?? '').split(','));
  if (found.is === 'missing') return notRun(found.errors);
  const context = stateContext(call, saltenv, pillar, archives);
  const chunks: Chunk[] = [];
  for (const file of found.files) {
    const rendered = await render(context, file.name, file.sls);
    if (typeof rendered === 'string') return notRun([rendered], 1, `[CRITICAL] ${rendered}\n`);
    chunks.push(...rendered);
  }
  const durationMs = found.files.reduce((sum, { sls }) => sum + sls.durationMs, 0);
  const { states, hasFailed, log } = await runChunks(call, context, withoutTwins(chunks), durationMs, found.files);
  return returned(states, hasFailed ? 2 : 0, 'highstate', log);
}

/** Salt includes an SLS once, even if it is named several times. */
function withoutTwins(chunks: readonly Chunk[]): readonly Chunk[] {
  return chunks.filter((chunk, at) => chunks.findIndex(({ id, fun }) => id === chunk.id && fun === chunk.fun) === at);
}

function notRun(errors: readonly string[], retcode = 1, log = ''): FunResult {
  return returned(errors, retcode, 'highstate', log);
}

function defaultEnv({ node }: FunContext): string {
  return `metalk8s-${node.version}`;
}

function stateContext(call: FunContext, saltenv: string, pillar: Pillar, paths: readonly string[]): StateContext {
  const { world, acts, node, signal } = call;
  let resolved: Promise<readonly ArchiveInfo[]> | null = null;
  return {
    world,
    acts,
    node,
    saltenv,
    pillar,
    signal,
    test: call.kwargs.test === true,
    archives: () => {
      resolved ??= getArchives(world, acts, node, paths);
      return resolved;
    },
  };
}

async function render(context: StateContext, name: string, sls: Sls): Promise<readonly Chunk[] | string> {
  const { world, node, saltenv } = context;
  const failure = `Rendering SLS '${saltenv}:${name}' failed: `;
  if (namesSls(world, 'render-fails', node.name, name))
    return `${failure}Jinja variable 'dict object' has no attribute 'repositories'`;
  if (node.minion.synced.size === 0) {
    return `${failure}Jinja variable 'salt.loaded.int.modules' has no attribute 'metalk8s.get_archives'`;
  }
  try {
    return await sls.render(context);
  } catch (error) {
    if (error instanceof SlsRenderError) return failure + error.message;
    if (!(error instanceof CommandExecutionError)) throw error;
    return `${failure}Problem running salt function in Jinja template: ${error.message}; line 2`;
  }
}
