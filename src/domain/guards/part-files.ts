import type { Archive } from '../cluster/archive.ts';
import type { Facts, OpenTarget, PartFile } from '../cluster/facts.ts';
import { shellQuote } from '../node-commands/command.ts';
import { partOf } from '../node-commands/part-file.ts';
import { bytesInWords } from '../text/format.ts';
import { soundArchives } from './archives.ts';

/** Bytes of an archive that an interrupted copy left on a target. */
export function bytesInPart({ parts }: OpenTarget, archive: Pick<Archive, 'path' | 'sha256' | 'size'>): number {
  const part = parts.find(({ path }) => path === partOf(archive));
  return Math.min(part?.size ?? 0, archive.size);
}

/** Part files that no copy to this target will use: of other contents, or with a name of an older version. */
function leftParts({ parts, files }: OpenTarget, { bootstrap }: Facts): readonly PartFile[] {
  const missing = files.filter(({ is }) => is !== 'same').map(({ path }) => path);
  const used = soundArchives(bootstrap.archives)
    .filter(({ path }) => missing.includes(path))
    .map(partOf);
  return parts.filter(({ path }) => !used.includes(path));
}

/** What interrupted copies left on a target for no use, and the command that deletes it; null if there is nothing. */
export function leftPartsInWords(target: OpenTarget, facts: Facts): string | null {
  const left = leftParts(target, facts);
  if (left.length === 0) return null;
  const bytes = bytesInWords(left.reduce((sum, { size }) => sum + size, 0));
  const paths = left.map(({ path }) => shellQuote(path)).join(' ');
  return `Interrupted copies left ${bytes} on ${target.node} that no copy can use. To delete it, run \`rm -- ${paths}\` on ${target.node} as root.`;
}
