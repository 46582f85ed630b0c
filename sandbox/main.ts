import { sandboxCommand } from './command.ts';

await sandboxCommand().parseAsync();
