import { nearest } from '../../../src/domain/text/nearest.ts';
import { areArguments, isOperation, OPERATIONS, type OperationName } from '../../cluster/operate/names.ts';
import { SERVICES, type ServiceName } from '../../processes/services.ts';
import { parseExpectation } from './parse-expectation.ts';
import { parseWait } from './parse-wait.ts';
import { mistake, type Parsed, parsed } from './parsed.ts';
import { type Act, type Statement, WHERE } from './statement.ts';

/** A whole scenario, or every mistake in it with its line number. */
export type ParsedScenario =
  | { readonly is: 'scenario'; readonly statements: readonly Statement[] }
  | { readonly is: 'wrong'; readonly mistakes: readonly string[] };

/** Who can act in a scenario. */
export interface Cast {
  readonly people: readonly string[];
}

const FIRST_WORDS = [
  'wait',
  'expect',
  'fault',
  'clear',
  'kill',
  'start',
  'sleep',
  'terminal',
  ...Object.keys(OPERATIONS),
];
const LONGEST_SLEEP_S = 3600;

/** Reads a scenario: one statement a line. Blank lines and lines that begin with # are skipped. */
export function parseScenario(text: string, cast: Cast): ParsedScenario {
  const statements: Statement[] = [];
  const mistakes: string[] = [];
  for (const [at, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const result = parseLine(line, cast);
    if (result.is === 'parsed') statements.push({ line: at + 1, text: line, ...result.act });
    else mistakes.push(`line ${at + 1}: ${result.says} The line is: ${line}`);
  }
  if (mistakes.length > 0) return { is: 'wrong', mistakes };
  if (statements.length === 0) return { is: 'wrong', mistakes: ['The scenario has no statements.'] };
  return { is: 'scenario', statements };
}

function parseLine(line: string, cast: Cast): Parsed {
  const [, typist, typed = ''] = /^terminal\s+([^\s>]+)>\s*(.+)$/.exec(line) ?? [];
  if (typist !== undefined)
    return unknownPerson(typist, cast) ?? parsed({ is: 'terminal', person: typist, command: typed });
  const spoken = /^([^\s>]+)>\s*(.*)$/.exec(line);
  if (spoken !== null) return parsePerson(spoken[1] ?? '', spoken[2] ?? '', cast);
  const [first = '', ...words] = line.replace(/\s+#\s.*$/, '').split(/\s+/);
  switch (first) {
    case 'wait':
      return parseWait(words);
    case 'expect':
      return parseExpectation(line, (name) => unknownPerson(name, cast));
    case 'fault':
      return parseFault(words);
    case 'clear':
      return parseClear(words);
    case 'kill':
    case 'start':
      return parseService(first, words);
    case 'sleep':
      return parseSleep(words);
    default:
      if (isOperation(first)) return parseOperation(first, words);
      return mistake(`Unknown statement “${first}”.${didYouMean(first, FIRST_WORDS)}`);
  }
}

function parsePerson(person: string, rest: string, cast: Cast): Parsed {
  const unknown = unknownPerson(person, cast);
  if (unknown !== null) return unknown;
  if (rest.startsWith('/')) return parsed({ is: 'say', person, command: rest });
  const label = /^click\s+(.+)$/.exec(rest)?.[1];
  if (label !== undefined) return parsed({ is: 'click', person, label });
  const [, verb, message = ''] = /^(\w+)\s+(.+)$/.exec(rest) ?? [];
  const where = WHERE.find((one) => one === verb);
  if (where !== undefined) return parsed({ is: 'write', person, where, words: message });
  const [, field, words = ''] = /^fill\s+([^:]+?)\s*:\s*(.*)$/.exec(rest) ?? [];
  if (field !== undefined) return parsed({ is: 'fill', person, label: field, words });
  if (rest === 'open home') return parsed({ is: 'open-home', person });
  if (rest === 'submit') return parsed({ is: 'submit', person });
  return mistake(
    `Write a /command, click and a button label, say, reply or dm and a message, fill LABEL: VALUE, submit, or open home, after “${person}>”.`,
  );
}

function unknownPerson(name: string, { people }: Cast): Parsed | null {
  if (people.includes(name)) return null;
  return mistake(`Unknown person “${name}”. Known: ${people.join(', ')}.`);
}

function parseFault([name, ...args]: readonly string[]): Parsed {
  return name === undefined ? mistake('Write the name of a fault.') : parsed({ is: 'fault', name, args });
}

function parseClear([what, name, ...more]: readonly string[]): Parsed {
  if (what !== 'fault' || name === undefined || more.length > 0) return mistake('Usage: clear fault NAME.');
  return parsed({ is: 'clear-fault', name });
}

function parseService(is: 'kill' | 'start', [name, ...more]: readonly string[]): Parsed {
  if (name === undefined || more.length > 0) return mistake(`Usage: ${is} ${SERVICES.join('|')}.`);
  const service = SERVICES.find((known): known is ServiceName => known === name);
  if (service === undefined) return mistake(`Cannot ${is} “${name}”. Known: ${SERVICES.join(', ')}.`);
  const act: Act = { is, service };
  return parsed(act);
}

function parseSleep([word, ...more]: readonly string[]): Parsed {
  const seconds = Number(word);
  if (word === undefined || more.length > 0 || !(seconds >= 0 && seconds <= LONGEST_SLEEP_S)) {
    return mistake(`Usage: sleep SECONDS, at most ${LONGEST_SLEEP_S}.`);
  }
  return parsed({ is: 'sleep', seconds });
}

/** `iso-manager add VERSION`, `reboot NODE`, `engine pull NODE IMAGE`. */
function parseOperation(name: OperationName, words: readonly string[]): Parsed {
  if (!areArguments(name, words)) return mistake(`Usage: ${name} ${OPERATIONS[name]}.`);
  return parsed({ is: 'operate', name, args: words });
}

function didYouMean(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  return meant === null ? ` A statement is PERSON> … or begins with ${known.join(', ')}.` : ` Did you mean “${meant}”?`;
}
