import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { redisCommand } from '../../src/commands/redis.ts';

const folder = mkdtempSync(join(tmpdir(), 'registry-ha-redis-command-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(verb: string, cluster: readonly string[]) {
  const lines: string[] = [];
  const code = await redisCommand(verb, { cluster, folder }, (line) => lines.push(line));
  return { code, text: lines.join('\n') };
}

const text = (name: string) => readFileSync(join(folder, name), 'utf8');

describe('registry-ha redis acl', () => {
  it('adds a cluster without new passwords for those there are, and keeps an administrator’s line', async () => {
    const first = await run('acl', ['lab']);
    expect(first.code).toBe(0);
    expect(first.text).toContain('registry-ha-worker-lab.password');
    const password = text('registry-ha-bot.password');
    expect(statSync(join(folder, 'registry-ha-bot.password')).mode & 0o777).toBe(0o600);
    writeFileSync(join(folder, 'users.acl'), `${text('users.acl')}user admin on #${'0'.repeat(64)} ~* &* +@all\n`);
    await run('acl', ['lab', 'prod']);
    expect(text('registry-ha-bot.password')).toBe(password);
    expect(text('users.acl')).toContain('user admin on');
    expect(text('users.acl')).toMatch(/^user registry-ha-bot on .*~mk8s:lab:\* ~mk8s:prod:\* resetchannels -@all /m);
    expect(text('users.acl')).not.toContain(password.trim());
    expect(first.text).not.toContain(password.trim());
  });

  it('refuses a name that would open other clusters’ keys, and a verb that there is not', async () => {
    expect(await run('acl', ['*'])).toMatchObject({ code: 2, text: expect.stringContaining('"*"') });
    expect(await run('users', ['lab'])).toMatchObject({ code: 2, text: expect.stringContaining('redis acl') });
  });
});
