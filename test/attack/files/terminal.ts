import { mkdtemp, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callWorker } from '../../../src/adapters/socket/call.ts';
import { planCommand } from '../../../src/commands/plan.ts';
import { planFile } from '../../../src/domain/questions/plan/plan-file.ts';
import type { TerminalAsk, TerminalSays } from '../../../src/domain/wish/terminal-talk.ts';
import { removeFolder } from '../../harness/stage/own-folder.ts';
import type { Attack } from '../attack.ts';
import { must, reached } from '../outcome.ts';
import type { AttackStage } from '../stage/attack-stage.ts';

/** Commands on the bootstrap node by logins without permission, or in a form that our program never sends; and a plan that was exchanged on its way. */
export function terminalAttacks(): readonly Attack[] {
  return [
    ask('terminal-add-by-mallory', 'a change by a login without rights', 'not-allowed', () => ({
      login: 'mallory',
      command: 'add',
      words: ['node-2'],
    })),
    ask('terminal-break-glass-by-alice', 'breaking glass by a login that may only request', 'not-allowed', () => ({
      login: 'alice',
      command: 'add',
      words: ['node-2'],
      breakGlass: 'because',
    })),
    ask(
      'terminal-approve-of-a-change-of-slack',
      'approving at the terminal what Slack decides',
      'wrong-channel',
      (id) => ({ login: 'bob', command: 'approve', words: [id] }),
    ),
    ask(
      'terminal-cancel-of-a-change-of-slack',
      'cancelling at the terminal what Slack decides',
      'wrong-channel',
      (id) => ({ login: 'bob', command: 'cancel', words: [id] }),
    ),
    ask('terminal-of-another-cluster', 'a change of another cluster', 'unknown-cluster', () => ({
      login: 'alice',
      command: 'add',
      words: ['node-2', '--cluster', 'prod'],
    })),
    ask('terminal-with-a-command-for-a-node', 'a command in place of a node', 'bad-command', () => ({
      login: 'alice',
      command: 'add',
      words: ['node-2;reboot'],
    })),
    garbled('terminal-login-with-a-colon', 'a login that could be taken for another kind of person', {
      v: 1,
      login: 'login:bob',
      uid: 0,
      command: 'add',
      words: ['node-2'],
    }),
    garbled('terminal-with-a-made-up-command', 'a command that no terminal has', {
      v: 1,
      login: 'bob',
      uid: 0,
      command: 'apply',
      words: [],
    }),
    garbled('terminal-without-a-login', 'a command by nobody', { v: 1, uid: 0, command: 'add', words: ['node-2'] }),
    anotherPlan(),
    exchangedFile(),
  ];
}

const socketOf = ({ sandbox }: AttackStage): string => join(sandbox.folder, 'worker', 'terminal.sock');

async function lastOf(messages: AsyncIterable<TerminalSays>): Promise<TerminalSays | undefined> {
  let last: TerminalSays | undefined;
  for await (const message of messages) last = message;
  return last;
}

/** The worker must refuse it in this way, and its journal must not grow. */
function ask(
  name: string,
  tries: string,
  wanted: string,
  make: (id: string) => Omit<TerminalAsk, 'v' | 'uid'>,
): Attack {
  return {
    on: 'worker',
    name,
    tries,
    async stopped(stage) {
      const { id } = await stage.planned();
      const lines = stage.journal.lines().length;
      const call = await callWorker(socketOf(stage), { v: 1, uid: 0, ...make(id) });
      const last = await lastOf(call.hears());
      must(last?.is === 'refused', `The worker did not refuse it: ${JSON.stringify(last)}`);
      if (last?.is !== 'refused') return '';
      must(last.refusal.refused === wanted, `The refusal is different: ${last.refusal.refused}`);
      must(stage.journal.lines().length === lines, 'The journal has grown.');
      return last.refusal.says;
    },
  };
}

/** The worker must not understand it. */
function garbled(name: string, tries: string, message: object): Attack {
  return {
    on: 'worker',
    name,
    tries,
    async stopped(stage) {
      const lines = stage.journal.lines().length;
      const said = await new Promise<string>((resolve, reject) => {
        let all = '';
        const socket = connect(socketOf(stage), () => socket.write(`${JSON.stringify(message)}\n`));
        socket.on('data', (data) => {
          all += data;
        });
        socket.on('error', reject);
        socket.on('close', () => resolve(all));
      });
      must(said.includes('does not understand this command'), `The worker answered: ${said}`);
      must(stage.journal.lines().length === lines, 'The journal has grown.');
      return 'It does not understand this command.';
    },
  };
}

/** A terminal that confirms another plan than the one that it was shown. */
function anotherPlan(): Attack {
  return {
    on: 'worker',
    name: 'terminal-confirms-another-plan',
    tries: 'confirming the digest of another plan',
    async stopped(stage) {
      const wish = { v: 1, login: 'bob', uid: 0, command: 'add', words: ['node-2'], breakGlass: 'because' } as const;
      const call = await callWorker(socketOf(stage), wish);
      let last: TerminalSays | undefined;
      for await (const message of call.hears()) {
        if (message.is === 'plan') call.says({ confirms: 'f'.repeat(64) });
        last = message;
      }
      reached(last !== undefined, 'The worker said nothing.');
      must(last?.is === 'refused', `The worker did not refuse it: ${JSON.stringify(last)}`);
      if (last?.is !== 'refused') return '';
      must(last.refusal.refused === 'not-confirmed', `The refusal is different: ${last.refusal.refused}`);
      return last.refusal.says;
    },
  };
}

/** A plan file whose data is that of another plan, as somebody could upload it to the thread. */
function exchangedFile(): Attack {
  return {
    on: 'worker',
    name: 'plan-file-exchanged',
    tries: 'a plan file with other nodes in its data',
    async stopped(stage) {
      const { change } = await stage.planned();
      const text = planFile(change)?.text ?? '';
      const begins = text.indexOf('-----BEGIN');
      reached(begins > 0, 'The plan has no file.');
      const folder = await mkdtemp(join(tmpdir(), 'registry-ha-exchanged-'));
      try {
        const path = join(folder, 'plan.txt');
        await writeFile(path, text.slice(0, begins) + text.slice(begins).replaceAll('"node-2"', '"node-3"'));
        const said: string[] = [];
        const code = await planCommand('digest', path, (line) => said.push(line));
        must(code === 1, `The file was accepted: ${said.join(' ')}`);
        return said.join(' ').slice(0, 100);
      } finally {
        await removeFolder(folder);
      }
    },
  };
}
