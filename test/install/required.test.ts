import { describe, expect, it } from 'vitest';
import { whatIsMissing } from './required.ts';

describe('`npm run test:install` without what it needs', () => {
  const everything = { isRoot: true, mayMount: true, isInstalled: () => true };

  it('misses nothing where everything is there', () => {
    expect(whatIsMissing(everything)).toBeNull();
  });

  it('says what to run, instead of skipping tests', () => {
    expect(whatIsMissing({ ...everything, isRoot: false })).toContain('`sudo npm run test:install`');
    expect(whatIsMissing({ ...everything, mayMount: false })).toContain('CAP_SYS_ADMIN');
    const isInstalled = (program: string) => program !== 'systemd-nspawn';
    expect(whatIsMissing({ ...everything, isInstalled })).toMatch(/`apt-get install .* systemd-container`/);
    expect(whatIsMissing({ ...everything, isInstalled: () => false })).toContain('systemd-container debootstrap`');
  });
});
