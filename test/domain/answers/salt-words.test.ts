import { describe, expect, it } from 'vitest';
import { afterSalt } from '../../../src/domain/answers/salt-words.ts';

const failed = (id: string, sls: string) =>
  afterSalt({ is: 'failed', first: { id, sls, name: '', comment: '' }, failed: 1, skipped: 0 });

describe('what to do after a Salt state failed', () => {
  it.each(['Wait for Repositories container to answer', 'Ensure repositories container is up'])(
    'is to read the log of a registry that does not run: %s',
    (id) => {
      expect(failed(id, 'metalk8s.repo.installed')).toMatch(/crictl logs ID.*Retry from here/);
    },
  );

  it('is to fix what Salt says of any other state', () => {
    expect(failed('Inject pause image', 'metalk8s.repo.installed')).toMatch(/^Fix the Salt error on that node/);
    expect(failed('Wait for Repositories container to answer', 'other')).toMatch(/^Fix the Salt error on that node/);
  });
});
