import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

const git = (...words: readonly string[]): string =>
  execFileSync('git', ['-C', ROOT, ...words], { encoding: 'utf8' }).trim();

/** The commit to upgrade from: FROM, or the newest tag before this commit; null if there is neither. */
export function formerCommit(): string | null {
  const ref = process.env['FROM'] ?? git('tag', '--merged', 'HEAD', '--sort=-creatordate').split('\n')[0] ?? '';
  return ref === '' ? null : git('rev-parse', '--short', `${ref}^{commit}`);
}

/** Puts the files of a commit into `folder`, with the packages of this one; returns its short name. Throws if there is no such commit. */
export function treeOf(ref: string, folder: string): string {
  const commit = git('rev-parse', '--short', `${ref}^{commit}`);
  mkdirSync(folder, { recursive: true });
  const tar = execFileSync('git', ['-C', ROOT, 'archive', commit], { maxBuffer: 2 ** 30 });
  execFileSync('tar', ['x', '-C', folder], { input: tar });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return commit;
}

/** Builds the program of a commit into `folder`; returns the folder of its program. */
export function buildFormer(commit: string, folder: string): string {
  treeOf(commit, folder);
  execFileSync(process.execPath, ['scripts/build.ts'], { cwd: folder, stdio: 'pipe' });
  return join(folder, 'dist');
}
