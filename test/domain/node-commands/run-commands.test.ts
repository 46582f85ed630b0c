import { describe, expect, it } from 'vitest';
import { runName } from '../../../src/domain/node-commands/run-commands.ts';

describe('the name of a run', () => {
  it('is readable', () => {
    expect(runName('lab-7f3k2q', 'mount:node-2', 1)).toBe('lab-7f3k2q.mount_node-2.1');
  });

  it('fits a file name for the longest names, and still tells two runs apart', () => {
    const longest = (attempt: number) => runName(`${'c'.repeat(42)}-7f3k2q`, `mount:${'n'.repeat(253)}`, attempt);
    expect(longest(1).length).toBeLessThanOrEqual(200);
    expect(longest(1)).toMatch(/^[A-Za-z0-9._-]+$/);
    expect(longest(1)).not.toBe(longest(2));
  });
});
