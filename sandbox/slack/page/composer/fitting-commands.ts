import type { SlashCommand } from '../state/state.ts';

/** The commands that match the typed text: by prefix, or the command whose arguments are being typed. */
export function fittingCommands(commands: readonly SlashCommand[], typed: string): readonly SlashCommand[] {
  if (!typed.startsWith('/')) return [];
  const [word = '', ...rest] = typed.split(/\s/);
  return commands.filter(({ command }) => (rest.length === 0 ? command.startsWith(word) : command === word));
}
