import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { OpenSsh } from '../../../../src/adapters/ssh/run/openssh.ts';
import { command } from '../../../../src/domain/node-commands/command.ts';
import { exit } from '../../../../src/domain/node-commands/ended.ts';
import { PATIENCE_MS } from '../../../fixtures/patience.ts';
import { type SshStage, sshStage } from '../stage.ts';

let stage: SshStage;
beforeAll(async () => {
  stage = await sshStage();
  await stage.pin();
});
afterAll(() => stage.close());

/** The end of a script on the node, by ssh(1) or by a stand-in. */
async function ended(script: string, program = 'ssh') {
  const input = await open('/dev/null', 'r');
  try {
    const ssh = new OpenSsh({ knownHostsPath: stage.knownHostsPath, program });
    const run = { stdin: { fd: input.fd }, signal: AbortSignal.timeout(PATIENCE_MS) };
    // In the place of the login shell: some of those make an exit code of a signal (dash: 137).
    return await ssh.run(stage.access, command('exec', 'sh', '-c', script), run);
  } finally {
    await input.close();
  }
}

async function standIn(name: string, script: string): Promise<string> {
  const path = join(stage.folder, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

it('gives the exit code of the command', async () => {
  expect(await ended('echo out; echo err >&2; exit 7')).toEqual({ ended: exit(7), stdout: 'out\n', stderr: 'err\n' });
});

it('reports 255 as unknown, because a killed command and a lost connection look the same', async () => {
  expect((await ended('kill -9 $$')).ended).toEqual({ is: 'unknown', says: 'ssh ended with exit code 255' });
  expect((await ended('exit 255')).ended).toEqual({ is: 'unknown', says: 'ssh ended with exit code 255' });
});

it('gives the last error line of a failed ssh', async () => {
  const refused = await standIn('refused', 'echo Permission denied >&2; exit 255');
  expect((await ended('true', refused)).ended).toEqual({
    is: 'unknown',
    says: 'ssh ended with exit code 255: Permission denied',
  });
});

it('reports that another process killed ssh', async () => {
  const killed = await standIn('killed', 'kill -TERM $$');
  expect((await ended('true', killed)).ended).toEqual({
    is: 'unknown',
    says: 'ssh on the bootstrap node was killed by SIGTERM',
  });
});

it('stops a command that prints too much, and names the limit', async () => {
  const { ended: end, stdout } = await ended('yes');
  expect(end).toEqual({ is: 'too-much-output', bytes: 1024 * 1024 });
  expect(stdout).toHaveLength(1024 * 1024);
});
