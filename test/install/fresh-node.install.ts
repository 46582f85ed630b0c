import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packedBundle, sealed, secondBuild } from './builds.ts';
import { type FreshRoot, freshRoot, type Ran } from './fresh-root.ts';

const packed = await packedBundle();

describe('install.sh on a fresh node, without systemd', () => {
  let root: FreshRoot;
  let build: string;
  const unpacked = () => join(root.path, 'root', packed.folder);
  const at = (path: string) => join(root.path, path);
  const install = (...words: readonly string[]): Ran => root.run(`/root/${packed.folder}/install.sh`, ...words);
  /** Every file of ours with mode, owner and content, but for times. */
  const snapshot = () =>
    ['etc', 'opt', '.local', 'var'].map((top) =>
      readdirSync(at(top), { recursive: true, encoding: 'utf8' })
        .toSorted()
        .map((name) => {
          const found = statSync(join(at(top), name));
          return `${name} ${found.mode.toString(8)} ${found.uid}:${found.gid} ${found.isFile() ? found.size : ''}`;
        }),
    );

  beforeAll(() => {
    root = freshRoot();
    cpSync(packed.archive, at('root/bundle.tar.gz'));
    expect(root.run('tar', 'xzf', '/root/bundle.tar.gz', '-C', '/root').code).toBe(0);
    // As a user would own it who has unpacked it before.
    spawnSync('chown', ['-R', '1000:1000', unpacked()]);
    spawnSync('chmod', ['-R', 'a+w', unpacked()]);
    build = readFileSync(join(unpacked(), 'BUILD'), 'utf8').trim();
  });
  afterAll(() => root?.close());

  it('installs program, unit, completion and man page, and prints the public key', () => {
    const { code, out, err } = install();
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(`Installed: ${build}\n`);
    expect(out).toContain(readFileSync(at('etc/registry-ha/worker.pub'), 'utf8'));
    expect(out).not.toContain('PRIVATE KEY');
    expect(out).toContain('Next: registry-ha init worker');
    expect(readlinkSync(at('opt/registry-ha'))).toBe(`registry-ha.d/${build}`);
    expect(root.run('registry-ha', '--version')).toMatchObject({ code: 0, out: '0.1.0\n' });
    expect(root.run('bash', '-n', '/etc/bash_completion.d/registry-ha').code).toBe(0);
    expect(readFileSync(at('.local/share/man/man1/registry-ha.1'), 'utf8')).toContain('.TH REGISTRY');
    expect(existsSync(at('etc/systemd/system/registry-ha-worker.service'))).toBe(true);
  });

  it('leaves everything to root alone, also when another user has unpacked it', () => {
    const open = spawnSync(
      'find',
      [at('opt'), at('etc'), at('.local'), '(', '-perm', '/022', '-o', '!', '-uid', '0', ')', '!', '-type', 'l'],
      { encoding: 'utf8' },
    );
    expect(open.stdout).toBe('');
    expect(statSync(at('etc/registry-ha/worker.key')).mode & 0o777).toBe(0o600);
    expect(statSync(at('var/lib/registry-ha')).mode & 0o777).toBe(0o700);
  });

  it('changes nothing when it runs again', () => {
    const [before, key] = [snapshot(), readFileSync(at('etc/registry-ha/worker.key'), 'utf8')];
    expect(install()).toMatchObject({ code: 0, err: '' });
    expect(snapshot()).toEqual(before);
    expect(readFileSync(at('etc/registry-ha/worker.key'), 'utf8')).toBe(key);
  });

  it('refuses a damaged bundle, and an unknown option', () => {
    appendFileSync(join(unpacked(), 'dist/cli.js'), '\n');
    expect(install()).toMatchObject({ code: 1, err: expect.stringContaining('is damaged. Unpack the bundle again.') });
    root.run('tar', 'xzf', '/root/bundle.tar.gz', '-C', '/root');
    expect(install('--updrade')).toMatchObject({ code: 1, err: expect.stringContaining('Unknown option --updrade') });
  });

  it('refuses a build that does not run here, and leaves everything as it was', () => {
    secondBuild(unpacked(), at('root/broken'));
    writeFileSync(at('root/broken/dist/cli.js'), 'throw new Error("broken");\n');
    sealed(at('root/broken'));
    const before = snapshot();
    const { code, err } = root.run('/root/broken/install.sh', '--upgrade');
    expect(code).toBe(1);
    expect(err).toContain('does not run on this system; the reason is above. Nothing was changed.');
    expect(snapshot()).toEqual(before);
  });

  it('refuses another build without --upgrade; with it, switches the link, keeps the build before, and asks for a restart', () => {
    const second = secondBuild(unpacked(), at('root/second'));
    expect(root.run('/root/second/install.sh')).toMatchObject({
      code: 1,
      err: `install.sh: ${build} is installed. To replace it by ${second}, run install.sh --upgrade.\n`,
    });
    const { code, out } = root.run('/root/second/install.sh', '--upgrade');
    expect(code).toBe(0);
    expect(out).toContain('To change it now: systemctl restart registry-ha-worker');
    expect(readlinkSync(at('opt/registry-ha'))).toBe(`registry-ha.d/${second}`);
    expect(readdirSync(at('opt/registry-ha.d')).toSorted()).toEqual([build, second].toSorted());
    const back = root.run(`/opt/registry-ha.d/${build}/install.sh`, '--upgrade');
    expect(back.code).toBe(0);
    expect(readlinkSync(at('opt/registry-ha'))).toBe(`registry-ha.d/${build}`);
  });

  it('runs the program without network: the doctor answers, and names what is missing', () => {
    const config = {
      cluster: 'lab',
      redis: { url: 'redis://127.0.0.1:6379' },
      trustedKeys: ['/etc/registry-ha/worker.pub'],
    };
    writeFileSync(at('etc/registry-ha/worker.yaml'), JSON.stringify(config));
    const { code, out } = root.run('registry-ha', 'doctor', '--json');
    const { process: whose, checks } = JSON.parse(out);
    expect([code, whose]).toEqual([1, 'worker']);
    const verdicts = new Map(
      checks.map((one: { room: string; name: string; verdict: string }) => [`${one.room}: ${one.name}`, one.verdict]),
    );
    expect(verdicts.get('keys: own key')).toBe('good');
    expect(verdicts.get('redis: connection')).toBe('wrong');
    expect(verdicts.get('kubernetes: api')).toBe('wrong');
    expect(verdicts.get('redis: rights')).toBe('unknown');
  });

  it('refuses to remove the program under the unit of a bot', () => {
    const unit = at('etc/systemd/system/registry-ha-bot.service');
    copyFileSync(join(unpacked(), 'deploy/registry-ha-bot.service'), unit);
    const before = snapshot();
    const { code, err } = install('--uninstall', '--purge');
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('The bot of this computer runs the same program (/opt/registry-ha/node/bin/node).'),
    ]);
    expect(snapshot()).toEqual(before);
    rmSync(unit);
  });

  it('refuses to remove the program under a bot that systemd still runs from it, whatever its file says by now', () => {
    const unit = at('etc/systemd/system/registry-ha-bot.service');
    writeFileSync(unit, '[Service]\nExecStart=/srv/node /srv/dist/cli.js bot\n');
    const shows = '{ path=/opt/registry-ha/node/bin/node ; argv[]=/opt/registry-ha/node/bin/node ; ignore_errors=no }';
    writeFileSync(at('.local/bin/systemctl'), `#!/bin/sh\necho '${shows}'\n`, { mode: 0o755 });
    mkdirSync(at('run/systemd/system'), { recursive: true });
    const before = snapshot();
    const { code, err } = install('--uninstall');
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('runs the same program (/opt/registry-ha/node/bin/node).'),
    ]);
    expect(snapshot()).toEqual(before);
    for (const path of [unit, at('run/systemd'), at('.local/bin/systemctl')]) rmSync(path, { recursive: true });
  });

  it('removes the program and keeps keys and journal; with --purge, removes these, too', () => {
    writeFileSync(at('var/lib/registry-ha/journal.jsonl'), '');
    expect(install('--uninstall')).toMatchObject({ code: 0, err: '' });
    expect(readdirSync(at('opt'))).toEqual([]);
    expect(existsSync(at('.local/bin/registry-ha'))).toBe(false);
    expect(existsSync(at('etc/registry-ha/worker.key'))).toBe(true);
    expect(existsSync(at('var/lib/registry-ha/journal.jsonl'))).toBe(true);
    expect(install('--uninstall', '--purge').code).toBe(0);
    expect([existsSync(at('etc/registry-ha')), existsSync(at('var/lib/registry-ha'))]).toEqual([false, false]);
    expect(install('--uninstall').code).toBe(0);
  });
});

it('installs into another root folder with --root', async () => {
  const folder = mkdtempSync(join(packed.scratch, 'image-'));
  const source = mkdtempSync(join(packed.scratch, 'source-'));
  spawnSync('tar', ['xzf', packed.archive, '-C', source]);
  const script = join(source, packed.folder, 'install.sh');
  const { status, stderr } = spawnSync(script, ['--root', folder], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  expect(statSync(join(folder, 'etc/registry-ha/worker.key')).mode & 0o777).toBe(0o600);
  expect(existsSync(join(folder, 'opt/registry-ha/dist/cli.js'))).toBe(true);
});
