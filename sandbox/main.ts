import { sandboxCommand } from './command/command.ts';

await sandboxCommand().parseAsync();
