import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { redisCommand } from '../../src/commands/redis.ts';

const folder = mkdtempSync(join(tmpdir(), 'registry-ha-redis-command-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(verb: string, cluster: readonly string[], where = folder) {
  const lines: string[] = [];
  const code = await redisCommand(verb, { cluster, folder: where }, (line) => lines.push(line));
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
    expect(text('users.acl')).toMatch(
      /^user registry-ha-bot on .*~mk8s:lab:\* ~mk8s:prod:\* resetchannels &mk8s:\*:announced -@all /m,
    );
    expect(text('users.acl')).not.toContain(password.trim());
    expect(first.text).not.toContain(password.trim());
  });

  it('prints whole paths, and how redis-server gets to read the file', async () => {
    const where = join(folder, 'whole');
    const first = await run('acl', ['lab'], relative(process.cwd(), where));
    const [, installed] = /^ {2}install -m 0640 -o root -g redis (\S+) /m.exec(first.text) ?? [];
    expect(installed).toBe(join(where, 'users.acl'));
    expect(first.text).toContain('redis.conf: aclfile /etc/redis/users.acl');
    expect(first.text).toContain(`${join(where, 'registry-ha-bot.password')}: the password`);
    // The file switches the default user off, so `redis-cli` alone may do nothing.
    expect(first.text).toContain('Then restart Redis');
    expect(first.text).not.toContain('redis-cli');
  });

  it('refuses to remove clusters that are not named, and says how to remove one', async () => {
    const where = join(folder, 'several');
    await run('acl', ['lab', 'prod'], where);
    const before = readFileSync(join(where, 'users.acl'), 'utf8');
    expect(await run('acl', ['third'], where)).toMatchObject({
      code: 1,
      text: expect.stringMatching(/registry-ha-worker-lab and registry-ha-worker-prod.*--cluster lab prod third`\./),
    });
    expect(readFileSync(join(where, 'users.acl'), 'utf8')).toBe(before);
    expect(readdirSync(where)).not.toContain('registry-ha-worker-third.password');
    writeFileSync(join(where, 'users.acl'), before.replace(/^user registry-ha-worker-prod .*\n/m, ''));
    expect((await run('acl', ['lab', 'third'], where)).code).toBe(0);
  });

  const add = async (names: readonly string[], where: string) => {
    const lines: string[] = [];
    const code = await redisCommand('acl', { add: names, folder: where }, (line) => lines.push(line));
    return { code, text: lines.join('\n') };
  };

  it('adds one cluster without naming the others: only the bot’s line changes, without any old password here', async () => {
    const where = join(folder, 'one-more');
    await run('acl', ['lab', 'prod'], where);
    const before = `${readFileSync(join(where, 'users.acl'), 'utf8')}# of ops\nuser admin on #${'0'.repeat(64)} ~* +@all\n`;
    writeFileSync(join(where, 'users.acl'), before);
    for (const name of readdirSync(where)) if (name.endsWith('.password')) rmSync(join(where, name));
    const added = await add(['third'], where);
    expect(added.code).toBe(0);
    expect(readdirSync(where).sort()).toEqual(['registry-ha-worker-third.password', 'users.acl']);
    expect(added.text.match(/the password of .*/g)).toEqual(['the password of registry-ha-worker-third.']);
    const [was, is] = [before, readFileSync(join(where, 'users.acl'), 'utf8')].map((one) => one.trim().split('\n'));
    expect(is).toEqual([
      ...(was ?? []).map((line) =>
        line.replace('~mk8s:prod:* resetchannels &mk8s:*:', '~mk8s:prod:* ~mk8s:third:* resetchannels &mk8s:*:'),
      ),
      expect.stringMatching(/^user registry-ha-worker-third on .* ~mk8s:third:\* /),
    ]);
    expect((await add(['third'], where)).code).toBe(0);
    expect(readFileSync(join(where, 'users.acl'), 'utf8').trim().split('\n')).toEqual(is);
  });

  it('adds a cluster only to a file that has the bot', async () => {
    const where = join(folder, 'nothing');
    mkdirSync(where);
    expect(await add(['lab'], where)).toMatchObject({
      code: 1,
      text: expect.stringMatching(/Nothing was written: .*users\.acl has no line of registry-ha-bot\. Copy the file/),
    });
    expect(readdirSync(where)).toEqual([]);
    expect(await redisCommand('acl', { cluster: ['a'], add: ['b'], folder: where }, () => undefined)).toBe(2);
    expect(await redisCommand('acl', { folder: where }, () => undefined)).toBe(2);
  });

  it('explains that the folder is a file, and that a password file is empty', async () => {
    const file = join(folder, 'j.jsonl');
    writeFileSync(file, '');
    expect(await run('acl', ['lab'], file)).toMatchObject({ code: 1, text: expect.stringContaining('Check the path') });
    const where = join(folder, 'empty');
    await run('acl', ['lab'], where);
    writeFileSync(join(where, 'registry-ha-bot.password'), '\n');
    expect(await run('acl', ['lab'], where)).toMatchObject({
      code: 1,
      text: `${join(where, 'registry-ha-bot.password')}: The file is empty. Delete the file, or write a password into it.`,
    });
  });

  it('rejects a cluster name with a wildcard, and an unknown verb', async () => {
    expect(await run('acl', ['*'])).toMatchObject({ code: 2, text: expect.stringContaining('"*"') });
    expect(await run('users', ['lab'])).toMatchObject({ code: 2, text: expect.stringContaining('redis acl') });
  });
});
