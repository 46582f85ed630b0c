import type { NodeAccess } from '../cluster/facts.ts';
import { type Command, command, type PlannedCommand, withSudo } from './command.ts';

/** `salt-call state.sls MODS saltenv=ENV` of the procedure, with JSON on one line and an exit code for failed states. */
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
 * The engines' state on every node, asynchronous, because it restarts containerd and cuts the session that started it. Nodes are
 * listed instead of `*`, because accepted minion keys are not always nodes of the cluster.
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

/** The command under `sudo -n` if the node's annotation asks for it. */
export function asUser(access: NodeAccess, plain: Command): Command {
  return access.sudo ? withSudo(plain) : plain;
}
