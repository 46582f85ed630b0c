import { type Refusal, type RefusalCode, refuse } from '../answers/refusal.ts';
import type { ArchiveFault } from '../cluster/archive.ts';
import type { BootstrapFacts, Facts, ListedArchive } from '../cluster/facts.ts';
import { listed } from '../text/format.ts';
import { together } from './together.ts';

/** Refuses unless every archive is present, sound and mounted, and one has the cluster's version. */
export function archiveGuards(facts: Facts): Refusal | null {
  return (
    fileRefusal(facts) ??
    duplicateRefusal(facts) ??
    badArchive(facts) ??
    versionArchive(facts) ??
    unlistedRefusal(facts)
  );
}

const FIX_FILE = 'Fix the file on the bootstrap node, then run the command again.';

function fileRefusal({ bootstrap }: Facts): Refusal | null {
  const { bootstrapFile, solutionsFile } = bootstrap;
  const unreadable = [bootstrapFile, solutionsFile].flatMap((file) => (file.is === 'unreadable' ? file.says : []));
  if (unreadable.length > 0) return together(unreadable.map((says) => refuse('config-unreadable', says, FIX_FILE)));
  if (solutionsFile.is === 'refused-by-salt') {
    return refuse(
      'solutions-version',
      `Salt rejects solutions.yaml: its apiVersion is ${solutionsFile.apiVersion}. Some MetalK8s documentation has it wrong.`,
      'Write solutions.metalk8s.scality.com/v1alpha1 on the bootstrap node, then run the command again.',
    );
  }
  return null;
}

const CODES: Readonly<Record<ArchiveFault, RefusalCode>> = {
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

const NEXT: Readonly<Record<ArchiveFault, string>> = {
  missing: 'Put the ISO back, or remove the entry with `iso-manager.sh -r`, then run the command again.',
  unreadable: 'Make it readable for root on the bootstrap node, then run the command again.',
  directory: 'Only ISO files can be copied exactly. List the ISO instead of the folder, then run the command again.',
  'relative-path': 'Write the absolute path of the ISO into the file, then run the command again.',
  'not-an-iso': 'Fetch the ISO again and compare its SHA-256 with the published one, then run the command again.',
  truncated: 'Fetch the ISO again and compare its SHA-256 with the published one, then run the command again.',
  'wrong-product': 'Correct the entry in the file, then run the command again.',
  'not-mounted': 'Mount it with `iso-manager.sh`, or with `solutions.sh import`, then run the command again.',
  'replaced-under-mount': 'Mount the new ISO with `iso-manager.sh` or `solutions.sh`, then run the command again.',
};

function badArchive({ bootstrap }: Facts): Refusal | null {
  const bad = bootstrap.archives.filter((archive) => archive.is === 'bad');
  return together(bad.map(({ fault, says }) => refuse(CODES[fault], says, NEXT[fault])));
}

function duplicateRefusal({ bootstrap }: Facts): Refusal | null {
  const byId = new Map<string, string[]>();
  for (const entry of bootstrap.archives) {
    const { id, path } = entry.is === 'sound' ? entry.archive : entry;
    if (id !== undefined) byId.set(id, [...(byId.get(id) ?? []), path]);
  }
  const twice = [...byId].map(([id, paths]) => {
    if (paths.length < 2) return null;
    const says = `Two archives are both ${id}: ${listed(paths)}. Salt rejects that.`;
    return refuse('duplicate-versions', says, 'Remove one of the two entries, then run the command again.');
  });
  return together(twice);
}

function unlistedRefusal({ bootstrap }: Facts): Refusal | null {
  const ids = bootstrap.mountedUnlisted;
  if (ids.length === 0) return null;
  const [are, them] = ids.length === 1 ? ['is', 'it'] : ['are', 'them'];
  return refuse(
    'solutions-mismatch',
    `${listed(ids)} ${are} mounted on the bootstrap node but listed in no file. A second registry would wait for ${them} forever.`,
    `Unmount ${them} (\`solutions.sh unimport\`, \`iso-manager.sh -r\`) or list ${them}, then run the command again.`,
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
    `The cluster is at ${version}, but bootstrap.yaml lists ${versions.length === 0 ? 'no archive at all' : `only archives of ${listed(versions)}`}.`,
    `Add the ISO of ${version} with \`iso-manager.sh -a\`, then run the command again.`,
  );
}

/** The cluster's version if bootstrap.yaml lists no archive of it; null if one is listed, or may be. */
export function versionUnlisted(version: string | null, { bootstrapFile, archives }: BootstrapFacts): string | null {
  if (version === null || bootstrapFile.is === 'unreadable') return null;
  const mayBeIt = (one: ListedArchive): boolean => {
    if (one.is === 'sound') return one.archive.kind === 'metalk8s' && one.archive.version === version;
    return one.id === undefined || one.id === `metalk8s-${version}`;
  };
  return archives.some(mayBeIt) ? null : version;
}

/** Salt writes the path to /etc/fstab without the escapes of fstab(5), so the line would be broken (reference: salt/modules/mount.py). */
export function oddPathRefusal({ bootstrap }: Facts): Refusal | null {
  const odd = soundArchives(bootstrap.archives).filter(({ path }) => /[\s\\]/.test(path));
  const each = odd.map(({ id, path }) =>
    refuse(
      'archive-path',
      `The path of ${id} has a blank or a backslash: ${path}. Salt would write a broken line to /etc/fstab.`,
      'Move the ISO on the bootstrap node to a path without them, correct the entry in the file, then run the command again.',
    ),
  );
  return together(each);
}

/** The sound archives, in the order of the files. */
export function soundArchives(archives: readonly ListedArchive[]) {
  return archives.flatMap((archive) => (archive.is === 'sound' ? [archive.archive] : []));
}
