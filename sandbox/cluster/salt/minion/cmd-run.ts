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

async function run(call: FunContext, words: readonly string[]): Promise<CommandOutput> {
  const [program, verb, image] = words;
  if (program !== 'crictl') return { output: `/bin/sh: ${program}: command not found`, exitCode: 127 };
  if (verb === 'info' && words.length === 2) return { output: crictlInfo(call.node), exitCode: 0 };
  if (verb === 'pull' && image !== undefined && words.length === 3)
    return await crictlPull(call.node, image, call.signal);
  return { output: `No help topic for '${verb ?? ''}'`, exitCode: 3 };
}
