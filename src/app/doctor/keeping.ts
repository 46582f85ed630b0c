import { type Expiring, expiryVerdict } from '../../domain/answers/expiry.ts';
import { NOT_SECRET } from '../../domain/answers/file-rights.ts';
import { keyAgeVerdict } from '../../domain/answers/key-age.ts';
import { good, unknown, type Verdict, wrong } from '../../domain/answers/verdict.ts';
import { bytesInWords, count, listed } from '../../domain/text/format.ts';
import type { Host } from '../../ports/doctor/host.ts';
import type { JournalHealth, KeyRing, SecretFile } from '../../ports/doctor/keeping.ts';
import { check, type Room } from './check.ts';

/** The worker stops at a full disk. A journal file has 64 MB, and the caches less. */
const LEAST_BYTES = 500_000_000;

export interface JournalPorts {
  readonly host: Host;
  readonly journal: JournalHealth;
  readonly stateFolder: string;
}

/** The worker's journal: its chain and seals, and the space for it. */
export const journalRoom = ({ host, journal, stateFolder }: JournalPorts): Room => ({
  name: 'journal',
  checks: async () => [
    check('chain', () => journal.look(), chain, { failing: 'wrong', limitMs: 120_000 }),
    check(
      'space',
      () => host.freeIn(stateFolder),
      (free) => space(stateFolder, free),
    ),
  ],
});

function chain(seen: Awaited<ReturnType<JournalHealth['look']>>): Verdict {
  if (seen === null) return good('There is no journal yet; the worker begins it at its first start');
  const { lines, unknownKeys, unsealedEnd, foreign } = seen;
  if (foreign !== null)
    return wrong(
      `The journal has the change ${foreign}, which is of another cluster. The worker does not start with it.`,
      'Put the journal of this cluster back: docs/upgrade.md, “Restore”. If the cluster was renamed: docs/clusters.md.',
    );
  if (unknownKeys.length > 0)
    return wrong(
      `The key of some seals is unknown: ${listed(unknownKeys)}.`,
      'Name the worker’s former public keys in `formerKeys`: see docs/keys.md.',
    );
  if (unsealedEnd > 0)
    return wrong(
      `Line ${unsealedEnd} ends a change, and no seal follows.`,
      'Start the worker, which seals it. If the worker runs, see docs/audit.md.',
    );
  return good(`${count(lines, 'line')}, chain and seals intact`);
}

function space(folder: string, free: number | null): Verdict {
  if (free === null) return unknown(`${folder} does not exist yet; the worker makes it at its first start.`);
  if (free >= LEAST_BYTES) return good(`${bytesInWords(free)} free in ${folder}`);
  return wrong(
    `${folder} has ${bytesInWords(free)} free, less than ${bytesInWords(LEAST_BYTES)}. A worker stops when its disk is full.`,
    'Free space there, or limit the journal with journal.keepDays.',
  );
}

/** The keys of a process: modes, owners, halves, ages. */
export const keysRoom = (keys: KeyRing, trusts: string, now: () => Date): Room => ({
  name: 'keys',
  checks: async () => [
    check(
      'own key',
      () => keys.own(),
      (name) => good(`${name}, readable for its owner only`),
      { failing: 'wrong' },
    ),
    check(
      trusts,
      () => keys.trusted(),
      (names) => good(listed(names)),
      { failing: 'wrong' },
    ),
    check(
      'ages',
      () => keys.dated(),
      (dated) => keyAgeVerdict(dated, now()),
    ),
    check('secret files', () => keys.secrets(), secretFiles),
  ],
});

function secretFiles(files: readonly SecretFile[]): Verdict {
  const open = files.filter(({ mode }) => mode !== null && (mode & NOT_SECRET) !== 0);
  if (open.length > 0) {
    const each = open.map(({ path, mode }) => `${path} (mode 0${(mode ?? 0).toString(8)})`);
    return wrong(
      `Other users can read or change ${listed(each)}.`,
      `Run \`chmod 0600 ${open.map(({ path }) => path).join(' ')}\`, and replace what was in ${open.length === 1 ? 'it' : 'them'} if somebody else may have read it.`,
    );
  }
  const hidden = files.filter(({ mode }) => mode === null).map(({ path }) => path);
  if (hidden.length > 0) return unknown(`Nobody here may look at ${listed(hidden)}.`, 'Run the doctor as root.');
  if (files.length === 0) return good('No secret is in a file');
  return good(`${count(files.length, 'file')}, readable for their owner and group only`);
}

/** The collector of traces, if the configuration names one. */
export const tracesRoom = (tryCollector: () => Promise<void>): Room => ({
  name: 'traces',
  checks: async () => [check('collector', tryCollector, () => good('Accepts traces'), { failing: 'wrong' })],
});

/** What is looked at, and how. */
export type ExpiryLooks = Readonly<Record<string, () => Promise<readonly Expiring[]>>>;

/** Certificates and tokens: how long they last. */
export const certificatesRoom = (looks: ExpiryLooks, now: () => Date): Room => ({
  name: 'certificates',
  checks: async () =>
    Object.entries(looks).map(([name, look]) => check(name, look, (found) => expiryVerdict(found, now()))),
});
