import { execFileSync } from 'node:child_process';
import { mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bootstrapNode } from '../../../src/adapters/bootstrap/bootstrap-node.ts';
import type { ListedArchive } from '../../../src/domain/cluster/facts.ts';
import type { Attack } from '../attack.ts';
import { must, NotMade, reached } from '../outcome.ts';
import { cheaply } from '../stage/cheaply.ts';
import type { Folder } from '../stage/folder.ts';
import { type LyingIso, lyingIso } from './lying-iso.ts';
import { refusedInWords, withFile } from './own-files.ts';

const BOOTSTRAP = '/etc/metalk8s/bootstrap.yaml';
const ISO = '/srv/a.iso';
const ID = 'metalk8s-1.0.0';
const TERABYTE = 2 ** 40;
const RTL = '\u202e';
const PRODUCT = 'NAME=MetalK8s\nVERSION=1.0.0\n';

/** Archives that are not what they seem, or in the wrong place. */
export function archiveAttacks(): readonly Attack[] {
  return [...byPath(), ...linked(), ...systemFiles(), ...lyingImages(), ...odd()];
}

const listing = (...archives: readonly string[]): string =>
  JSON.stringify({ kind: 'BootstrapConfiguration', apiVersion: 'metalk8s.scality.com/v1alpha3', archives });

/** The sandbox's worker reads the path from bootstrap.yaml. */
function byPath(): readonly Attack[] {
  const paths: Readonly<Record<string, string>> = {
    'relative-path': 'srv/scality/releases/a.iso',
    'path-with-dots': '/srv/scality/releases/../../../etc/shadow',
    'path-with-a-newline': '/srv/a.iso\n/dev/sda / ext4 defaults 0 0',
    'path-with-NUL': '/srv/a.iso\0.txt',
    'path-with-an-escape': '/srv/\u001b]0;owned\u0007a.iso',
    'path-with-RTL': `/srv/${RTL}osi.a`,
    'path-with-a-command': '/srv/$(reboot);`reboot`\'"&&reboot.iso',
    'path-with-markup': '/srv/<!channel> *a* <http://evil|b>.iso',
    'path-of-10000-characters': `/srv/${'a'.repeat(10_000)}.iso`,
    'path-that-is-an-option': '--help',
    'path-that-is-a-folder': '/srv/scality/releases',
  };
  return Object.entries(paths).map(([name, path]) => ({
    on: 'worker',
    name: `archive-${name}`,
    tries: `an archive at ${JSON.stringify(path.slice(0, 60))}`,
    stopped: (stage) =>
      withFile(stage, BOOTSTRAP, listing(path), () => refusedInWords(stage, /path|\.iso|directory|cannot be found/)),
  }));
}

function linked(): readonly Attack[] {
  const links: Readonly<Record<string, string>> = {
    'link-to-shadow': '/etc/shadow',
    'link-out-of-the-root': '../../../../../../../../etc/passwd',
    'link-to-itself': '/srv/scality/releases/evil.iso',
  };
  return Object.entries(links).map(([name, to]) => ({
    on: 'worker',
    name: `archive-${name}`,
    tries: `an archive that is a symbolic link to ${to}`,
    async stopped(stage) {
      const path = '/srv/scality/releases/evil.iso';
      const there = join(stage.sandbox.cluster.bootstrapRoot, path);
      await symlink(to, there);
      try {
        return await withFile(stage, BOOTSTRAP, listing(path), () => refusedInWords(stage, /evil\.iso/));
      } finally {
        await rm(there);
      }
    },
  }));
}

/** Devices and kernel files of this computer: the worker's root is `/`, as on a real node. */
function systemFiles(): readonly Attack[] {
  return ['/dev/zero', '/dev/stdin', '/proc/self/mem', '/proc/self/environ', '/etc/shadow', '/'].map((path) =>
    alone(`archive-${path}`, `the archive ${path}`, async (folder) => {
      const bootstrapFile = join(folder.path, 'bootstrap.yaml');
      await writeFile(bootstrapFile, listing(path));
      const node = bootstrapNode({ root: '/', bootstrapFile, solutionsFile: join(folder.path, 'none.yaml') });
      const { archives } = await cheaply(() => node.look(folder.signal));
      return badness(archives[0]);
    }),
  );
}

function lyingImages(): readonly Attack[] {
  const good: LyingIso = { file: 'PRODUCT.TXT', text: PRODUCT };
  const isos: Readonly<Record<string, LyingIso>> = {
    'with-a-huge-folder': { ...good, rootLength: 0xffff_ffff },
    'with-a-huge-file': { ...good, fileLength: 0xffff_ffff },
    'with-a-folder-beyond-its-end': { ...good, rootSector: 0xffff_fff0 },
    'with-blocks-of-no-size': { ...good, block: 0 },
    'longer-than-its-file': { ...good, sectors: 0xffff_ffff },
    'with-a-path-for-a-version': { ...good, text: 'NAME=MetalK8s\nVERSION=../../etc\n' },
    'with-a-command-for-a-version': { ...good, text: 'NAME=MetalK8s\nVERSION=1.0.0;reboot\n' },
    'with-markup-for-a-name': { ...good, text: 'NAME=<!channel>\nVERSION=1\n' },
    'of-a-solution-with-a-path-for-a-name': {
      file: 'MANIFEST.YAML',
      text: 'kind: Solution\nmetadata: {name: ../../etc}\nspec: {version: 1}\n',
    },
    'of-a-solution-with-a-bomb': { file: 'MANIFEST.YAML', text: `kind: &a [x]\nb: [${'*a,'.repeat(500)}]\n` },
  };
  return Object.entries(isos).map(([name, iso]) =>
    alone(`iso-${name}`, `an ISO image ${name.replaceAll('-', ' ')}`, async (folder) => {
      await lay(folder, lyingIso(iso), iso.file === 'MANIFEST.YAML');
      return await badnessSeen(folder);
    }),
  );
}

/** Huge or endless files where only kilobytes should be read. */
function odd(): readonly Attack[] {
  return [
    alone('archive-of-a-terabyte-of-holes', 'a sparse file of one terabyte', async (folder) => {
      await lay(folder, Buffer.alloc(0));
      await truncate(join(folder.path, ISO), TERABYTE);
      return await badnessSeen(folder);
    }),
    alone('archive-that-is-a-pipe', 'a named pipe without a writer', async (folder) => {
      await lay(folder, Buffer.alloc(0));
      await rm(join(folder.path, ISO));
      execFileSync('/usr/bin/mkfifo', [join(folder.path, ISO)]);
      return await badnessSeen(folder);
    }),
    manifest('a-device', 'a link to /dev/zero', (path) => symlink('/dev/zero', path)),
    manifest('a-pipe', 'a named pipe', async (path) => void execFileSync('/usr/bin/mkfifo', [path])),
    manifest('a-gigabyte', 'a gigabyte of zeros', async (path) => {
      await writeFile(path, '');
      await truncate(path, 2 ** 30);
    }),
  ];
}

/** The manifest of an image in a mounted archive. */
function manifest(name: string, what: string, make: (path: string) => Promise<void>): Attack {
  return alone(`manifest-that-is-${name}`, `an image whose manifest is ${what}`, async (folder) => {
    await lay(folder, lyingIso({ file: 'PRODUCT.TXT', text: PRODUCT }));
    await put(folder, '/proc/self/mountinfo', `41 1 7:1 / /srv/scality/${ID} ro - iso9660 /dev/loop1 ro\n`);
    await put(folder, '/sys/block/loop1/loop/backing_file', `${ISO}\n`);
    await put(folder, `/srv/scality/${ID}/images/good/1/manifest.json`, MANIFEST);
    await put(folder, `/srv/scality/${ID}/images/evil/1/other.json`, '{}');
    await make(join(folder.path, `/srv/scality/${ID}/images/evil/1/manifest.json`));
    const [archive] = await seen(folder);
    if (archive?.is !== 'sound') throw new NotMade(`The archive is not valid: ${badness(archive)}`);
    const names = archive.archive.images.map((image) => image.name);
    reached(names.includes('good'), 'The valid image was not found.');
    must(!names.includes('evil'), 'The file was accepted as an image.');
    return 'rejected as an image, as MetalK8s’ registry does';
  });
}

const MANIFEST = '{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json"}';

function alone(name: string, tries: string, stopped: (folder: Folder) => Promise<string>): Attack {
  return { on: 'part', name, tries, stopped };
}

async function lay(folder: Folder, iso: Buffer, isSolution = false): Promise<void> {
  await put(folder, ISO, iso);
  await put(folder, '/proc/self/mountinfo', '');
  await put(folder, BOOTSTRAP, listing(...(isSolution ? [] : [ISO])));
  const solutions = { kind: 'SolutionsConfiguration', apiVersion: 'solutions.metalk8s.scality.com/v1alpha1' };
  if (isSolution) await put(folder, '/solutions.yaml', JSON.stringify({ ...solutions, archives: [ISO] }));
}

const seen = async ({ path: root, signal }: Folder): Promise<readonly ListedArchive[]> => {
  const node = bootstrapNode({ root, bootstrapFile: BOOTSTRAP, solutionsFile: '/solutions.yaml' });
  return (await cheaply(() => node.look(signal))).archives;
};

const badnessSeen = async (folder: Folder): Promise<string> => badness((await seen(folder))[0]);

function badness(archive: ListedArchive | undefined): string {
  if (archive === undefined) throw new NotMade('The archive was not inspected.');
  must(archive.is === 'bad', 'The file was accepted as an archive.');
  return archive.is === 'bad' ? archive.says : '';
}

async function put({ path: root }: Folder, path: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}
