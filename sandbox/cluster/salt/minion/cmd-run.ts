import { engineRuns } from '../../engine-state.ts';
import { crictlInfo, crictlPull } from './crictl.ts';
import type { FunContext } from './fun-context.ts';
import { type FunResult, returned } from './fun-result.ts';

/** `cmd.run`: crictl only. stderr is merged into stdout; the retcode is the command's exit code. */
export async function cmdRun(call: FunContext): Promise<FunResult> {
  const { node, args, work } = call;
  const line = args[0];
  if (line === undefined)
    return { is: 'invalid', fun: work.fun, message: "run() missing 1 required positional argument: 'cmd'" };
  const { output, exitCode } = await run(
    call,
    line.split(/\s+/).filter((word) => word !== ''),
  );
  node.commandLog.push({ at: new Date().toISOString(), via: 'salt', line, exitCode });
  const log = exitCode === 0 ? '' : `[ERROR   ] Command '${line.split(' ')[0]}' failed with return code: ${exitCode}\n`;
  return returned(output, exitCode, 'nested', log);
}

interface CommandOutput {
  readonly output: string;
  readonly exitCode: number;
}

/** Salt's words for a missing program (salt.modules.cmdmod), behind the minion's `ERROR: ` for a CommandExecutionError. */
const NO_CRICTL =
  "ERROR: Unable to run command '['crictl', 'info']' with the context '{'cwd': '/root', 'shell': False}', reason: [Errno 2] No such file or directory: 'crictl'";
/** crictl's words when its socket is not there. */
const NO_CONTAINERD =
  "FATA[0002] connect: connect endpoint 'unix:///run/containerd/containerd.sock', make sure you are running as root and the endpoint has been started: context deadline exceeded";

async function run(call: FunContext, words: readonly string[]): Promise<CommandOutput> {
  const [program, verb, image] = words;
  if (program !== 'crictl') return { output: `/bin/sh: ${program}: command not found`, exitCode: 127 };
  if (call.world.faults.isOn('crictl-missing', call.node.name)) return { output: NO_CRICTL, exitCode: 1 };
  if (!engineRuns(call.world, call.node)) return { output: NO_CONTAINERD, exitCode: 1 };
  if (verb === 'info' && words.length === 2) return { output: crictlInfo(call.node), exitCode: 0 };
  if (verb === 'pull' && image !== undefined && words.length === 3)
    return await crictlPull(call.node, image, call.signal);
  return { output: `No help topic for '${verb ?? ''}'`, exitCode: 3 };
}
