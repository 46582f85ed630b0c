import { stat } from 'node:fs/promises';
import type { AuditEntry } from '../../../domain/change/audit.ts';
import type { ChangeId } from '../../../domain/change/change.ts';
import { clusterOf } from '../../../domain/change/change-id.ts';
import type { HeadChecker } from '../../../domain/change/record-entry.ts';
import { codeOf } from '../../../domain/text/error-code.ts';
import type { JournalHealth } from '../../../ports/doctor/keeping.ts';
import { scanJournal } from './read.ts';

/** A journal and its older files, read without its lock; `checker` is made when the journal is read. */
export function journalHealth(path: string, cluster: string, checker: () => Promise<HeadChecker>): JournalHealth {
  return {
    async look() {
      const isThere = await stat(path).then(
        () => true,
        (error: unknown) => codeOf(error) !== 'ENOENT',
      );
      if (!isThere) return null;
      let foreign: ChangeId | null = null;
      const onEvent = ({ change }: AuditEntry) => {
        if (clusterOf(change) !== cluster) foreign ??= change;
      };
      const { head, unsealedEnd, unknownKeys } = await scanJournal(path, { onEvent }, await checker());
      return { lines: head.line, unsealedEnd, unknownKeys, foreign };
    },
  };
}
