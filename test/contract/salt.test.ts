import { describe } from 'vitest';
import { salt } from '../../src/adapters/salt/salt.ts';
import type { CommandResult } from '../../src/domain/node-commands/command.ts';
import { render } from '../../src/domain/node-commands/command.ts';
import { exit } from '../../src/domain/node-commands/ended.ts';
import { runCommands } from '../../src/domain/node-commands/run-commands.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { FakeSaltMasterPod } from '../fakes/fake-kube.ts';
import { FakeSalt } from '../fakes/fake-salt.ts';
import { FakeShell } from '../fakes/fake-shell.ts';
import { PATIENCE_MS } from '../fixtures/patience.ts';
import { saltWords, statesOf } from '../fixtures/salt-words.ts';
import { access, CALL, FAILED, RUN, saltContract } from './salt.contract.ts';

describe('the fake Salt', () => {
  saltContract(async (nodes, endpoints) => {
    const world = new FakeSalt(nodes, endpoints);
    return { salt: world, world };
  });
});

/** Sleeps take no time: the tests check requests, not their times. */
const clock: Clock = { now: () => new Date(0), steadyMs: () => 0, sleep: async () => undefined };

describe('Salt over its programs', () => {
  saltContract(async (nodes, endpoints) => {
    const world = new FakeSalt(nodes, endpoints);
    const master = new FakeSaltMasterPod((_, command) =>
      command.args.includes('--async') ? started(world, command.args) : saltWords(world, command.args),
    );
    const said = Buffer.from(JSON.stringify({ local: statesOf(FAILED) }));
    const told: CommandResult = {
      ended: exit(0),
      stdout: `ended 2 ${said.length}\n${said.toString('base64')}`,
      stderr: '',
    };
    const { start, forget } = runCommands(`/run/registry-ha/${RUN.name}`, CALL);
    const shell = new FakeShell({
      ...Object.fromEntries([true, false].map((again) => [`node-2$ ${render(start(again))}`, told])),
      [`node-2$ ${render(forget)}`]: {},
    });
    const limits = { signal: new AbortController().signal, limitMs: PATIENCE_MS };
    await shell.pin([{ node: 'node-2', key: await shell.hostKey(access('node-2'), limits) }]);
    return { salt: salt({ shell, master, clock }), world };
  });
});

function started(world: FakeSalt, args: readonly string[]): CommandResult {
  const nodes = args[args.indexOf('-L') + 1]?.split(',') ?? [];
  if (!world.masterUp || !nodes.some((node) => world.minions.has(node))) return saltWords(world, args);
  const jid = '20260301100000000000';
  world.jobs.set(jid, { fun: 'state.sls', targeted: nodes, running: [...nodes], returns: {} });
  return { ended: exit(0), stdout: `Executed command with job ID: ${jid}\n`, stderr: '' };
}
