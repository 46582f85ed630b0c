/** A command line parsed as by Python's optparse: options may appear anywhere before and between the words. */
export interface CommandLine {
  readonly words: readonly string[];
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
}

/** A program's flags and options with a value: each spelling mapped to one name. */
export interface Known {
  readonly program: string;
  readonly usage: string;
  readonly flags: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, string>>;
}

/** Usage errors exit with 64 and print nothing on stdout. */
export const EX_USAGE = 64;

/** Parses a command line; returns the text of a usage error if an option is unknown or lacks its value. */
export function parseOptions(known: Known, argv: readonly string[]): CommandLine | string {
  const words: string[] = [];
  const line = { words, flags: new Set<string>(), values: new Map<string, string>() };
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (!/^-./.test(word)) words.push(word);
    else {
      const error = takeOption(known, line, word, rest);
      if (error !== null) return usageError(known, error);
    }
  }
  return line;
}

interface Growing {
  readonly flags: Set<string>;
  readonly values: Map<string, string>;
}

/** Stores one option, with the next word as its value if needed; returns the error, if any. */
function takeOption(known: Known, line: Growing, word: string, rest: string[]): string | null {
  const [name, inline] = word.startsWith('--') ? splitOnce(word) : shortOption(word);
  const flag = known.flags[name];
  if (flag !== undefined && inline === undefined) {
    line.flags.add(flag);
    return null;
  }
  const option = known.values[name];
  if (option === undefined) return `no such option: ${name}`;
  const value = inline ?? rest.shift();
  if (value === undefined) return `${name} option requires 1 argument`;
  line.values.set(option, value);
  return null;
}

function splitOnce(word: string): readonly [string, string | undefined] {
  const at = word.indexOf('=');
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

function shortOption(word: string): readonly [string, string | undefined] {
  return [word.slice(0, 2), word.length > 2 ? word.slice(2) : undefined];
}

function usageError({ usage, program }: Known, says: string): string {
  return `Usage: ${usage}\n\n${program}: error: ${says}\n`;
}

/** Options that salt, salt-run and salt-call share. */
export const COMMON_FLAGS = { '--no-color': 'no-color', '--no-colour': 'no-color' } as const;
/** Options with a value that the three programs share. */
export const COMMON_VALUES = {
  '--out': 'out',
  '--output': 'out',
  '--out-indent': 'out-indent',
  '--output-indent': 'out-indent',
  '--log-level': 'log-level',
  '-l': 'log-level',
} as const;

/** The JSON indent; null for Python's default of four. */
export function jsonIndent({ values }: CommandLine): number | null {
  const indent = values.get('out-indent');
  return indent === undefined ? null : Number(indent);
}
