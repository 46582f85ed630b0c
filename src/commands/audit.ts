import { readJournal } from '../adapters/journal/entries/read.ts';
import { journalNewer } from '../adapters/journal/file/failures.ts';
import { loadTrustedKeys } from '../adapters/keys/files.ts';
import { headChecker } from '../adapters/keys/seals.ts';
import { type AuditRow, auditRows } from '../domain/change/audit.ts';
import { csvLine } from '../domain/text/csv.ts';
import { printable } from '../domain/text/printable.ts';
import { tellChain, tellProof } from './audit-proof.ts';
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
  if (from !== undefined && to !== undefined && from >= to) {
    print(
      `--from ${options.from} is not before --to ${options.to}: nothing lies between them. Write the earlier one first.`,
    );
    return 2;
  }
  if (options.format !== 'jsonl' && options.format !== 'csv') return wrong(print, '--format', 'jsonl or csv');
  return await orExplained(print, async () => {
    const { events, newer } = await readJournal(options.file);
    // An audit that leaves lines out would be taken for a whole one.
    if (newer[0] !== undefined) throw journalNewer(options.file, newer[0].seq, newer[0].change);
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
    return tellProof(journal, quoted, print) ? 0 : 1;
  });
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
