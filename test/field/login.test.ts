import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { gather } from '../../src/adapters/node/gather.ts';
import { type LoginFault, loginFault } from '../../src/adapters/node/login-fault.ts';
import { NodeInspector } from '../../src/adapters/node/node-inspector.ts';
import { sshShell } from '../../src/adapters/ssh/run/shell.ts';
import type { NodeAccess } from '../../src/domain/cluster/facts.ts';
import { command } from '../../src/domain/node-commands/command.ts';
import { exit } from '../../src/domain/node-commands/ended.ts';
import type { NodeShell } from '../../src/ports/nodes.ts';
import { isInstalled, isRoot, needs } from '../fixtures/needs.ts';
import { type Sshd, startSshd } from '../fixtures/sshd.ts';
import { removeFolder } from '../harness/stage/own-folder.ts';

const exec = promisify(execFile);
const has = ['sudo', 'tcsh', 'useradd', 'userdel'].every(isInstalled);
const it = needs(isRoot && has, 'root, sudo, tcsh and useradd');

/** A user of this test's own. */
const USER = `rha-field-${process.pid}`;
const RULES = `/etc/sudoers.d/${USER}`;

let folder = '';
let sshd: Sshd;

/** Real users log in to a real sshd; the real sudo decides. */
beforeAll(async () => {
  if (!isRoot || !has) return;
  folder = await mkdtemp(join(tmpdir(), 'registry-ha-field-'));
  await chmod(folder, 0o755);
  const keys = [`AuthorizedKeysCommand /usr/bin/cat ${folder}/keys`, 'AuthorizedKeysCommandUser root'];
  sshd = await startSshd({ folder, config: keys });
  await rm(join(sshd.binFolder, 'sudo'));
  // sshd reads the fixture's own file before it asks the command.
  await rm(join(folder, 'authorized_keys'));
  await exec('useradd', ['--no-create-home', '--home-dir', folder, '--shell', '/bin/bash', '--password', '*', USER]);
  const shell = newShell();
  const limits = { signal: new AbortController().signal, limitMs: 60_000 };
  await shell.pin([{ node: 'node-2', key: await shell.hostKey(access(), limits) }]);
  await shell.close();
});

afterEach(async () => {
  await Promise.all([RULES, join(folder, '.bashrc'), join(folder, '.tcshrc')].map((path) => rm(path, { force: true })));
});

afterAll(async () => {
  if (folder === '') return;
  await sshd.close();
  await exec('userdel', [USER]);
  await removeFolder(folder);
});

/** A connection keeps the user's shell and rights of its login. */
const newShell = (): NodeShell => sshShell({ knownHostsPath: join(folder, 'known_hosts') });

const access = (): NodeAccess => {
  const { host, port, userKeyPath: keyPath } = sshd;
  return { node: 'node-2', host, port, user: USER, keyPath, sudo: true };
};

interface Field {
  readonly shell?: string;
  readonly rules?: readonly string[];
  readonly bashrc?: string;
  readonly forced?: string;
}

const ALL = `${USER} ALL=(ALL) NOPASSWD: ALL`;

async function faultOn(field: Field): Promise<LoginFault | null> {
  await exec('usermod', ['--shell', field.shell ?? '/bin/bash', USER]);
  await writeFile(RULES, `${(field.rules ?? [ALL]).join('\n')}\n`, { mode: 0o440 });
  if (field.bashrc !== undefined) await writeFile(join(folder, '.bashrc'), field.bashrc);
  const key = await readFile(`${sshd.userKeyPath}.pub`, 'utf8');
  await writeFile(join(folder, 'keys'), field.forced === undefined ? key : `command="${field.forced}" ${key}`);
  const shell = newShell();
  const inspector = new NodeInspector(shell, access(), new AbortController().signal);
  return await loginFault(inspector, access()).finally(() => shell.close());
}

const says = (fault: LoginFault['fault'], ...parts: readonly string[]) => ({
  fault,
  says: expect.stringMatching(parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^]*')),
});

describe('a login of the field', () => {
  it('is fit with bash and sudo without a password, also with a lecture', async () => {
    expect(await faultOn({})).toBeNull();
    expect(await faultOn({ rules: [`Defaults:${USER} lecture=always`, ALL] })).toBeNull();
  });

  it('is fit with dash', async () => {
    expect(await faultOn({ shell: '/bin/dash' })).toBeNull();
  });

  it('is refused with tcsh, which breaks scripts of several lines', async () => {
    const is = says('unfit-shell', ', /usr/bin/tcsh,', 'Unmatched', `chsh -s /bin/bash ${USER}`);
    expect(await faultOn({ shell: '/usr/bin/tcsh' })).toEqual(is);
  });

  it('is refused with nologin, in its own words', async () => {
    const is = says('unfit-shell', 'This account is currently not available.');
    expect(await faultOn({ shell: '/usr/sbin/nologin' })).toEqual(is);
  });

  it('is refused when the key allows only a message', async () => {
    const forced = `echo 'Please login as the user rocky rather than the user ${USER}.'; exit 142`;
    const is = says('unfit-shell', 'exit code 142', 'Please login as the user rocky', 'ssh-user');
    expect(await faultOn({ forced })).toEqual(is);
  });

  it('is refused when .bashrc prints, on stdout or stderr', async () => {
    const is = says('unfit-shell', 'prints text of its own: “Welcome!”', '.bashrc');
    expect(await faultOn({ bashrc: 'echo Welcome!\n' })).toEqual(is);
    expect(await faultOn({ bashrc: 'echo Welcome! >&2\n' })).toEqual(is);
  });

  it('is refused when sudo asks for a terminal', async () => {
    const is = says('no-sudo', 'sudo -n sh', 'you must have a tty', `Defaults:${USER} !requiretty`);
    expect(await faultOn({ rules: [`Defaults:${USER} requiretty`, ALL] })).toEqual(is);
  });

  it('is refused when sudo asks for a password, even after a lecture', async () => {
    const rules = [`Defaults:${USER} lecture=always`, `${USER} ALL=(ALL) ALL`];
    expect(await faultOn({ rules })).toEqual(says('no-sudo', 'a password is required'));
  });

  it('is refused when sudo is limited to some commands, and names the first of the others', async () => {
    const only = (...programs: readonly string[]) => ({
      rules: [`${USER} ALL=(ALL) NOPASSWD: ${programs.join(', ')}`],
    });
    expect(await faultOn(only('/usr/bin/true'))).toEqual(says('no-sudo', 'sudo -n sh'));
    expect(await faultOn(only('/usr/bin/sh', '/usr/bin/env'))).toEqual(says('no-sudo', 'sudo -n mv'));
  });

  it('gathers what it looks at in one session, also where sudo runs in a terminal', async () => {
    for (const rules of [[ALL], [`Defaults:${USER} use_pty`, ALL]]) {
      expect(await faultOn({ rules })).toBeNull();
      const shell = newShell();
      const options = { signal: new AbortController().signal, limitMs: 60_000 };
      const probes = [command('id', '-un'), command('cat', '--', '/none'), command('printf', 'a\n\nb\n')];
      const answers = await gather(shell, access(), probes, options).finally(() => shell.close());
      expect([...answers.values()]).toEqual([
        { ended: exit(0), stdout: 'root\n', stderr: '' },
        { ended: exit(1), stdout: '', stderr: expect.stringContaining('No such file') },
        { ended: exit(0), stdout: 'a\n\nb\n', stderr: '' },
      ]);
    }
  });
});
