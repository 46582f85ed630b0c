import { describe, expect, it } from 'vitest';
import { howToLetRead } from '../../../src/domain/answers/file-rights.ts';

const denied = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });

describe('how a process gets to read a file', () => {
  it('is a command: the owner of a secret changes, and others may read what is public', () => {
    expect(howToLetRead('/etc/registry-ha/approval.key', denied, { uid: 10001, isSecret: true })).toBe(
      'This process is user 10001, without permission to read it. As root, run `chown 10001 /etc/registry-ha/approval.key`. If that does not help, `namei -l /etc/registry-ha/approval.key` shows which folder above is closed to this user.',
    );
    expect(howToLetRead('/etc/registry-ha/workers/lab', denied, { uid: 10001, isSecret: false })).toContain(
      'run `chmod a+rX /etc/registry-ha/workers/lab`.',
    );
  });

  it('is not said of a file that is not there, nor where there are no user numbers', () => {
    const gone = Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
    expect(howToLetRead('/a', gone, { uid: 10001, isSecret: true })).toBeNull();
    expect(howToLetRead('/a', denied, { uid: null, isSecret: true })).toBeNull();
  });
});
