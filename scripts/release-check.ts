import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VERSION } from '../src/runtime/version.ts';

const ROOT = join(import.meta.dirname, '..');

/** What a release is made of. */
export interface ReleaseFacts {
  /** The version in package.json, and the other places that name it. */
  readonly version: string;
  readonly others: Readonly<Record<string, string>>;
  readonly changelog: string;
  /** Lines of `git status --porcelain`. */
  readonly changed: readonly string[];
  readonly tags: readonly string[];
}

/** Everything that keeps this commit from being released, each with the way out; empty if nothing does. */
export function whyNotReleased({ version, others, changelog, changed, tags }: ReleaseFacts): readonly string[] {
  const heading = changelog.split('\n').find((line) => line.startsWith('## ')) ?? '';
  const [, named, date] = /^## (\S+) - (.*)$/.exec(heading) ?? [];
  return [
    ...(/^\d+\.\d+\.\d+$/.test(version) ? [] : [`package.json: ${version} is not of the form 1.2.3.`]),
    ...Object.entries(others).flatMap(([place, other]) =>
      other === version ? [] : [`${place} says ${other}, but package.json says ${version}. Write the same there.`],
    ),
    ...(named === version
      ? []
      : [`CHANGELOG.md begins with “${heading}”. Begin it with “## ${version} - ” and today's date.`]),
    ...(/^\d{4}-\d\d-\d\d$/.test(date ?? '')
      ? []
      : ['CHANGELOG.md: the newest version has no date. Write it as 2026-01-31.']),
    ...(changed.length === 0
      ? []
      : [`Not committed: ${changed.map((line) => line.slice(3)).join(', ')}. Commit them first.`]),
    ...(tags.includes(`v${version}`) ? [`The tag v${version} exists. Raise the version in package.json.`] : []),
  ];
}

const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');

/** The version of this checkout, wherever it is named. */
export function namedVersions(): Pick<ReleaseFacts, 'version' | 'others'> {
  const lock = JSON.parse(read('package-lock.json'));
  return {
    version: JSON.parse(read('package.json')).version,
    others: { 'src/runtime/version.ts': VERSION, 'package-lock.json': lock.version },
  };
}

function releaseFacts(): ReleaseFacts {
  const lines = (...words: readonly string[]) =>
    execFileSync('git', ['-C', ROOT, ...words], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line !== '');
  return {
    ...namedVersions(),
    changelog: read('CHANGELOG.md'),
    changed: lines('status', '--porcelain'),
    tags: lines('tag'),
  };
}

if (import.meta.main) {
  const facts = releaseFacts();
  const mistakes = whyNotReleased(facts);
  for (const mistake of mistakes) process.stderr.write(`${mistake}\n`);
  if (mistakes.length === 0) process.stdout.write(`Ready: git tag v${facts.version}, then npm run bundle.\n`);
  process.exitCode = mistakes.length === 0 ? 0 : 1;
}
