import { describe, expect, it } from 'vitest';
import { namedVersions, type ReleaseFacts, whyNotReleased } from '../../scripts/release-check.ts';

const ready: ReleaseFacts = {
  version: '1.2.3',
  others: { 'version.ts': '1.2.3' },
  changelog: '# Changelog\n\n## 1.2.3 - 2026-11-27\n\n## 1.2.2 - 2026-01-01\n',
  changed: [],
  tags: ['v1.2.2'],
};

describe('a release', () => {
  it('is ready when every place names its version, with a date, and nothing is left to commit', () => {
    expect(whyNotReleased(ready)).toEqual([]);
  });

  it.each<[string, Partial<ReleaseFacts>, RegExp]>([
    ['an odd version', { version: '1.2', others: {}, changelog: '## 1.2 - 2026-11-27' }, /not of the form/],
    ['another version elsewhere', { others: { 'version.ts': '1.2.2' } }, /version\.ts says 1\.2\.2/],
    ['a changelog of the last version', { changelog: '## 1.2.2 - 2026-01-01' }, /Begin it with “## 1\.2\.3/],
    ['a changelog without a date', { changelog: '## 1.2.3 - unreleased' }, /no date/],
    ['files that are not committed', { changed: [' M src/cli.ts'] }, /Not committed: src.cli\.ts/],
    ['a tag that exists', { tags: ['v1.2.3'] }, /tag v1\.2\.3 exists/],
  ])('is not ready with %s', (_, part, says) => {
    expect(whyNotReleased({ ...ready, ...part })).toEqual([expect.stringMatching(says)]);
  });

  it('names one version in every place of this checkout', () => {
    const { version, others } = namedVersions();
    expect(Object.values(others)).toEqual(Object.values(others).map(() => version));
  });
});
