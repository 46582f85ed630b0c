import { type Refusal, type RefusalCode, refuse } from '../answers/refusal.ts';
import type { ArchiveFault, Facts, ListedArchive } from '../cluster/facts.ts';
import { listed } from '../text/format.ts';

/** Refuses when the archives are not all there, sound, and at the cluster's version. */
export function archiveGuards(facts: Facts): Refusal | null {
  return (
    fileRefusal(facts) ??
    duplicateRefusal(facts) ??
    badArchive(facts) ??
    unlistedRefusal(facts) ??
    versionArchive(facts)
  );
}

function fileRefusal({ bootstrap }: Facts): Refusal | null {
  const { bootstrapFile, solutionsFile } = bootstrap;
  if (bootstrapFile.is === 'unreadable')
    return refuse('config-unreadable', bootstrapFile.says, 'Mend the file on the bootstrap node, then ask again.');
  if (solutionsFile.is === 'unreadable')
    return refuse('config-unreadable', solutionsFile.says, 'Mend the file on the bootstrap node, then ask again.');
  if (solutionsFile.is === 'refused-by-salt') {
    return refuse(
      'solutions-version',
      `Salt will refuse solutions.yaml: its apiVersion is ${solutionsFile.apiVersion}, and the code accepts solutions.metalk8s.scality.com/v1alpha1 only (some documentation has it wrong).`,
      'Correct the apiVersion on the bootstrap node, then ask again.',
    );
  }
  return null;
}

const codes: Readonly<Record<ArchiveFault, RefusalCode>> = {
  missing: 'archive-missing',
  unreadable: 'archive-unreadable',
  directory: 'archive-directory',
  'relative-path': 'archive-path',
  'not-an-iso': 'archive-damaged',
  truncated: 'archive-damaged',
  'wrong-product': 'archive-damaged',
  'not-mounted': 'archive-not-mounted',
  'replaced-under-mount': 'archive-not-mounted',
};

const ways: Readonly<Record<ArchiveFault, string>> = {
  missing: 'Put the ISO back, or take the entry out of the file (iso-manager.sh -r), then ask again.',
  unreadable: 'Make it readable for root on the bootstrap node, then ask again.',
  directory:
    'Only ISO files can be copied exactly: build or fetch the ISO, list it instead of the folder, then ask again.',
  'relative-path': 'Write the absolute path of the ISO itself into the file, then ask again.',
  'not-an-iso': 'Fetch the ISO again and compare its SHA256SUM, then ask again.',
  truncated: 'Fetch the ISO again and compare its SHA256SUM, then ask again.',
  'wrong-product': 'Correct the entry in the file, then ask again.',
  'not-mounted': 'Run iso-manager.sh (or solutions.sh import) so that the bootstrap node serves it, then ask again.',
  'replaced-under-mount': 'Mount the new ISO by iso-manager.sh (or solutions.sh), then ask again.',
};

function badArchive({ bootstrap }: Facts): Refusal | null {
  const bad = bootstrap.archives.find((archive) => archive.is === 'bad');
  return bad?.is === 'bad' ? refuse(codes[bad.fault], bad.says, ways[bad.fault]) : null;
}

function duplicateRefusal({ bootstrap }: Facts): Refusal | null {
  const byId = new Map<string, string[]>();
  for (const entry of bootstrap.archives) {
    const { id, path } = entry.is === 'sound' ? entry.archive : entry;
    if (id !== undefined) byId.set(id, [...(byId.get(id) ?? []), path]);
  }
  for (const [id, paths] of byId) {
    if (paths.length < 2) continue;
    return refuse(
      'duplicate-versions',
      `Two archives are both ${id}: ${listed(paths)}. Salt refuses that.`,
      'Take one of them out of the file, then ask again.',
    );
  }
  return null;
}

function unlistedRefusal({ bootstrap }: Facts): Refusal | null {
  const [id] = bootstrap.mountedUnlisted;
  if (id === undefined) return null;
  return refuse(
    'solutions-mismatch',
    `${id} is mounted on the bootstrap node but listed in no file: a second registry would wait for it for ever.`,
    'Unmount it (solutions.sh unimport, iso-manager.sh -r) or list it, then ask again.',
  );
}

function versionArchive(facts: Facts): Refusal | null {
  const version = facts.kube.clusterVersion;
  const versions = soundArchives(facts.bootstrap.archives)
    .filter(({ kind }) => kind === 'metalk8s')
    .map((archive) => archive.version);
  if (version !== null && versions.includes(version)) return null;
  return refuse(
    'upgrade-under-way',
    `The cluster is at ${version}, but bootstrap.yaml lists no archive of that version (only ${listed(versions) || 'none'}).`,
    `Add the ISO of ${version} by iso-manager.sh -a, then ask again.`,
  );
}

/** The archives without fault, in the order of the files. */
export function soundArchives(archives: readonly ListedArchive[]) {
  return archives.flatMap((archive) => (archive.is === 'sound' ? [archive.archive] : []));
}
