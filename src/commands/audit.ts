import { readJournal, scanJournal } from '../adapters/journal/entries/read.ts';
import { journalNewer } from '../adapters/journal/file/failures.ts';
import { loadTrustedKeys } from '../adapters/keys/files.ts';
import { headChecker } from '../adapters/keys/seals.ts';
import { type AuditEntry, type AuditRow, auditRows, type ProofEntry } from '../domain/change/audit.ts';
import { csvLine } from '../domain/text/csv.ts';
import { printable } from '../domain/text/printable.ts';
import { printChain, printProof } from './audit-proof.ts';
import { orExplained, type Print } from './explained.ts';

/** What to export; `from` and `to` are days (UTC, the last day included) or times with a UTC offset. */
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

/** `registry-ha audit export`: prints requests, approvals, commands and results; returns the exit code. */
export async function auditExport(options: ExportOptions, print: Print): Promise<number> {
  const [from, to] = [moment(options.from, 0), moment(options.to, DAY_MS)];
  if (from === null || to === null) return wrong(print, '--from or --to', '2026-11-22 or 2026-11-22T10:00:00Z');
  if (from !== undefined && to !== undefined && from >= to) {
    print(`--from ${options.from} must be earlier than --to ${options.to}.`);
    return 2;
  }
  if (options.format !== 'jsonl' && options.format !== 'csv') return wrong(print, '--format', 'jsonl or csv');
  return await orExplained(print, async () => {
    const { events, proofs, newer } = await readJournal(options.file);
    // An audit that leaves lines out would be taken for a whole one.
    if (newer[0] !== undefined) throw journalNewer(options.file, newer[0].seq, newer[0].change);
    const rows = auditRows(events, proofs).filter(({ time }) => {
      const at = Date.parse(time);
      return (from === undefined || at >= from) && (to === undefined || at < to);
    });
    if (options.format === 'csv') print(csvLine(COLUMNS));
    for (const row of rows.map(cleaned)) print(options.format === 'csv' ? asCsv(row) : JSON.stringify(row));
    return 0;
  });
}

/** What to verify: the files, the worker's public keys, and a hash quoted in a thread. */
export interface VerifyOptions {
  readonly file: string;
  readonly keys: readonly string[];
  readonly witness?: string;
}

/** A thread shows twelve digits; eight could match by chance or be forged by trial. */
const WITNESS = /^[0-9a-f]{12,64}$/;

/** `registry-ha audit verify`: checks chain, seals and a quoted hash; returns the exit code. */
export async function auditVerify({ file, keys, witness }: VerifyOptions, print: Print): Promise<number> {
  const quoted = witness?.toLowerCase().replace(/[….]+$/u, '');
  if (quoted !== undefined && !WITNESS.test(quoted))
    return wrong(print, '--witness', 'at least 12 of the digits that the thread shows after “Journal line”');
  return await orExplained(print, async () => {
    const [events, proofs]: [AuditEntry[], ProofEntry[]] = [[], []];
    const isQuoted = ({ hash }: { readonly hash: string }) => quoted !== undefined && hash.startsWith(quoted);
    const onEvent = (entry: AuditEntry) => isQuoted(entry) && events.push(entry);
    const onProof = (entry: ProofEntry) => isQuoted(entry) && proofs.push(entry);
    const journal = await scanJournal(file, { onEvent, onProof }, headChecker(await loadTrustedKeys(keys)));
    printChain(journal, print);
    return printProof({ ...journal, events, proofs }, quoted, print) ? 0 : 1;
  });
}

const DAY_MS = 24 * 3_600_000;

/** Time in ms; undefined when not given, null when invalid. A day is its start (UTC) plus `extra` ms. */
function moment(text: string | undefined, extra: number): number | undefined | null {
  if (text === undefined) return undefined;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  if (!isDay && !/^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at + (isDay ? extra : 0);
}

function wrong(print: Print, option: string, form: string): 2 {
  print(`Invalid ${option}. Use ${form}.`);
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
