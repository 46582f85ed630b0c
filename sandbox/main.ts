import { sandboxCommand } from './command/command.ts';
import { runCommandLine } from './command/command-line.ts';

await runCommandLine(sandboxCommand());
