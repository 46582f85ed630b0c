import { exit } from '../../src/domain/node-commands/ended.ts';
import { sshStage } from '../adapters/ssh/stage.ts';
import { FakeShell } from '../fakes/fake-shell.ts';
import { nodeShellContract } from './node-shell.contract.ts';

nodeShellContract('sshShell on a real sshd', async () => {
  const stage = await sshStage();
  return { ...stage, changeHostKey: () => stage.sshd.changeHostKey() };
});

nodeShellContract('FakeShell', async () => {
  const access = { node: 'node-2', host: '10.0.0.3', port: 22, user: 'root', keyPath: '/key', sudo: false };
  const shell = new FakeShell({
    'node-2$ echo hello': { stdout: 'hello\n' },
    'node-2$ false': { ended: exit(1) },
    'node-2$ cat': (stdin) => ({ stdout: stdin.toString() }),
    'node-2$ sleep 30': 'never',
  });
  return {
    shell,
    access,
    changeHostKey: async () => shell.showKey(access, 'another'),
    close: () => shell.close(),
  };
});
