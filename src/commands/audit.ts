import { type ReadJournal, readJournal } from '../adapters/journal/read.ts';
import { loadTrustedKeys } from '../adapters/keys/files.ts';
import { headChecker } from '../adapters/keys/seals.ts';
import { type AuditRow, auditRows } from '../domain/audit.ts';
import { csvLine } from '../domain/csv.ts';
import { count } from '../domain/measure.ts';
import { printable } from '../domain/printable.ts';
import { orExplained } from './explained.ts';

type Print = (line: string) => void;

/** What is exported: from and to are days (UTC, the last one included) or moments with an offset. */
export interface ExportOptions {
  readonly file: string;
  readonly from?: string;
  readonly to?: string;
  readonly format: string;
}

const COLUMNS = [
  'time',
  'cluster',
  'change',
  'what',
  'who',
  'nodes',
  'plan',
  'step',
  'commands',
  'result',
  'seconds',
  'says',
  'line',
  'hash',
] as const satisfies readonly (keyof AuditRow)[];

/** `registry-ha audit export`: who asked, who approved what, what ran with which result; gives the exit code. */
export async function auditExport(options: ExportOptions, print: Print): Promise<number> {
  const [from, to] = [moment(options.from, 0), moment(options.to, DAY_MS)];
  if (from === null || to === null) return wrong(print, '--from and --to', '2026-11-22 or 2026-11-22T10:00:00Z');
  if (options.format !== 'jsonl' && options.format !== 'csv') return wrong(print, '--format', 'jsonl or csv');
  return await orExplained(print, async () => {
    const { events } = await readJournal(options.file);
    const rows = auditRows(events).filter(({ time }) => {
      const at = Date.parse(time);
      return (from === undefined || at >= from) && (to === undefined || at < to);
    });
    if (options.format === 'csv') print(csvLine(COLUMNS));
    for (const row of rows.map(cleaned)) print(options.format === 'csv' ? asCsv(row) : JSON.stringify(row));
    return 0;
  });
}

/** What is verified: the files, the worker's public keys, and a hash that somebody quotes. */
export interface VerifyOptions {
  readonly file: string;
  readonly keys: readonly string[];
  readonly witness?: string;
}

/** Eight digits can be met by chance or by trying; a thread shows twelve. */
const WITNESS = /^[0-9a-f]{12,64}$/;

/** `registry-ha audit verify`: chain, seals and a quoted hash; gives the exit code. */
export async function auditVerify({ file, keys, witness }: VerifyOptions, print: Print): Promise<number> {
  const quoted = witness?.toLowerCase().replace(/[….]+$/u, '');
  if (quoted !== undefined && !WITNESS.test(quoted))
    return wrong(print, '--witness', 'the digits behind “Journal line”, at least twelve');
  return await orExplained(print, async () => {
    const journal = await readJournal(file, headChecker(await loadTrustedKeys(keys)));
    tellChain(journal, print);
    const areSealsGood = tellSeals(journal, print);
    const isWitnessed = quoted === undefined || tellWitness(quoted, journal, print);
    return areSealsGood && isWitnessed ? 0 : 1;
  });
}

/** How many lines there are, and that each follows from the one before. */
export function tellChain({ first, files, head, unfinished }: ReadJournal, print: Print): void {
  const lines = head.line === 0 ? 0 : head.line - first + 1;
  const where = files === 1 ? '' : ` in ${files} files`;
  print(`${count(lines, 'line')}${where}, each follows from the one before. Head: ${head.hash}`);
  if (first > 1) print(`They begin with line ${first}: older files were removed.`);
  if (unfinished > 0)
    print(
      `Behind them ${unfinished} bytes of a line that is not finished: being written just now, or left by a crash.`,
    );
}

function tellSeals({ seals, sealed, unsealedEnd, head, unknownKeys }: ReadJournal, print: Print): boolean {
  const open = head.line - sealed;
  if (unknownKeys.length > 0) {
    print(
      `SEALS NOT PROVEN: the key ${unknownKeys.join(', ')} is none of those given. Name the worker's public keys with --keys.`,
    );
    return false;
  }
  print(seals === 0 ? 'Nothing is sealed.' : `${count(seals, 'seal')}, all genuine; the last one is line ${sealed}.`);
  if (unsealedEnd > 0) {
    print(
      `NOT SEALED: line ${unsealedEnd} ends a change, and no seal follows. A worker seals each end with it, or at its next start: either none has run since, or somebody else wrote these lines.`,
    );
    return false;
  }
  if (open > 0) print(`${count(open, 'line')} behind it nobody has sealed yet: their change has not ended.`);
  return true;
}

function tellWitness(quoted: string, { hashes, events, first }: ReadJournal, print: Print): boolean {
  const found = [...hashes].filter(([hash]) => hash.startsWith(quoted));
  for (const [, line] of found) {
    const told = events.find((one) => one.line === line);
    print(
      `${quoted} is line ${line}${told === undefined ? '' : `: ${told.change}, ${told.event.type}, ${told.event.at}`}.`,
    );
  }
  if (found.length === 0)
    print(
      `NOT IN THIS JOURNAL: no line has the hash ${quoted}. ${first > 1 ? `Lines before ${first} were removed; otherwise the` : 'The'} journal was changed since it was quoted, or it is another cluster's.`,
    );
  return found.length > 0;
}

const DAY_MS = 24 * 3_600_000;

/** The moment in ms, undefined when none is named, null when it cannot be read; a day counts from its beginning plus `extra`. */
function moment(text: string | undefined, extra: number): number | undefined | null {
  if (text === undefined) return undefined;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  if (!isDay && !/^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at + (isDay ? extra : 0);
}

function wrong(print: Print, option: string, form: string): 2 {
  print(`${option}: write ${form}.`);
  return 2;
}

const cleaned = (row: AuditRow): AuditRow => ({
  ...row,
  who: printable(row.who),
  nodes: printable(row.nodes),
  step: printable(row.step),
  says: printable(row.says),
  commands: row.commands.map((command) => command.split('\n').map(printable).join('\n')),
});

const asCsv = (row: AuditRow): string =>
  csvLine(COLUMNS.map((column) => (column === 'commands' ? row.commands.join('\n') : row[column])));
