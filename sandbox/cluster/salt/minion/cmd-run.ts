import { engineRuns } from '../../engine-state.ts';
import { splitWords } from '../../ssh/words.ts';
import type { ShellAnswer } from '../../world.ts';
import { crictlInfo, crictlPull } from './crictl.ts';
import type { FunContext } from './fun-context.ts';
import { type FunResult, returned } from './fun-result.ts';

/** `cmd.run`: crictl only. stderr is merged into stdout; the retcode is the command's exit code. */
export async function cmdRun(call: FunContext): Promise<FunResult> {
  const ended = await endOf(call);
  if ('is' in ended) return ended;
  return returned(`${ended.stdout}${ended.stderr}`, ended.exitCode, 'nested', logOf(call, ended));
}

/** `cmd.run_all`: crictl, and the worker's scripts for a drill. A missing program raises, in the words of cmd.run. */
export async function cmdRunAll(call: FunContext): Promise<FunResult> {
  const ended = await endOf(call);
  if ('is' in ended) return ended;
  const { stdout, stderr, exitCode } = ended;
  if (stderr.startsWith('ERROR: ')) return returned(stderr, 1, 'nested', logOf(call, ended));
  const value = { pid: 4711, retcode: exitCode, stdout: stdout.trimEnd(), stderr: stderr.trimEnd() };
  return returned(value, exitCode, 'nested', logOf(call, ended));
}

async function endOf(call: FunContext): Promise<ShellAnswer | FunResult> {
  const { node, args, work } = call;
  const line = args[0];
  if (line === undefined)
    return { is: 'invalid', fun: work.fun, message: "run() missing 1 required positional argument: 'cmd'" };
  const split = splitWords(line);
  const ended =
    split.is === 'words'
      ? ((await call.acts.runAsRoot(node, split.words)) ?? (await run(call, split.words)))
      : { stdout: '', stderr: split.says, exitCode: 2 };
  node.commandLog.push({ at: new Date().toISOString(), via: 'salt', line, exitCode: ended.exitCode });
  return ended;
}

const logOf = ({ args }: FunContext, { exitCode }: ShellAnswer): string =>
  exitCode === 0 ? '' : `[ERROR   ] Command '${args[0]?.split(' ')[0]}' failed with return code: ${exitCode}\n`;

/** Salt's words for a missing program (salt.modules.cmdmod), behind the minion's `ERROR: ` for a CommandExecutionError. */
const NO_CRICTL =
  "ERROR: Unable to run command '['crictl', 'info']' with the context '{'cwd': '/root', 'shell': False}', reason: [Errno 2] No such file or directory: 'crictl'";
/** crictl's words when its socket is not there. */
const NO_CONTAINERD =
  "FATA[0002] connect: connect endpoint 'unix:///run/containerd/containerd.sock', make sure you are running as root and the endpoint has been started: context deadline exceeded";

async function run(call: FunContext, words: readonly string[]): Promise<ShellAnswer> {
  const [program, verb, image] = words;
  if (program !== 'crictl') return failed(`/bin/sh: ${program}: command not found`, 127);
  if (call.world.faults.isOn('crictl-missing', call.node.name)) return failed(NO_CRICTL, 1);
  if (!engineRuns(call.world, call.node)) return failed(NO_CONTAINERD, 1);
  if (verb === 'info' && words.length === 2) return { stdout: crictlInfo(call.node), stderr: '', exitCode: 0 };
  if (verb !== 'pull' || image === undefined || words.length > 3) return failed(`No help topic for '${verb ?? ''}'`, 3);
  const { output, exitCode } = await crictlPull(call.node, image, call.signal);
  return exitCode === 0 ? { stdout: output, stderr: '', exitCode } : failed(output, exitCode);
}

const failed = (stderr: string, exitCode: number): ShellAnswer => ({ stdout: '', stderr, exitCode });
