import type { NodeAccess } from '../cluster/facts.ts';
import { type Command, command, type PlannedCommand, withSudo } from './command.ts';

/**
 * `salt-call state.sls MODS saltenv=ENV` as the procedure has it, with the options that make its answer readable:
 * JSON on one line, no colour, and an exit code that tells a failed state from a render error.
 */
export function stateOnNode(access: NodeAccess, mods: string, saltenv: string): PlannedCommand {
  const call = command(
    'env',
    'LC_ALL=C.UTF-8',
    'salt-call',
    '--out=json',
    '--out-indent=-1',
    '--no-color',
    '--log-level=error',
    '--retcode-passthrough',
    'state.sls',
    mods,
    `saltenv=${saltenv}`,
  );
  return { on: access.node, command: asUser(access, call) };
}

/**
 * The engines' state on every node, started without waiting: it restarts containerd on the bootstrap node and so cuts the very
 * session that started it. Nodes are named instead of `*`, because accepted minion keys are not always the cluster's nodes.
 */
export function enginesOnNodes(pod: string, nodes: readonly string[], saltenv: string): PlannedCommand {
  return {
    on: pod,
    command: command(
      'salt',
      '--async',
      '-L',
      nodes.join(','),
      'state.sls',
      'metalk8s.container-engine',
      `saltenv=${saltenv}`,
    ),
  };
}

/** The command as the node's annotations want it run: under `sudo -n`, or as it is. */
export function asUser(access: NodeAccess, plain: Command): Command {
  return access.sudo ? withSudo(plain) : plain;
}
