import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Attack } from '../attack.ts';
import { must, reached } from '../outcome.ts';
import { type AttackStage, BOB } from '../stage/attack-stage.ts';
import { ACTIONS } from './actions.ts';

const STOP_LIMIT_MS = 6_000;
const SUCCESSOR = 'U0CAROL';

/** Bob was an approver when the plan was posted, but no longer when he clicks. */
export function exApprover(): Attack {
  return {
    on: 'bot',
    name: 'click-by-an-ex-approver',
    tries: 'Approve by a person who is no longer an approver since the bot’s last start',
    restarts: true,
    async stopped(stage) {
      const { id, digest, version } = await stage.undecided();
      const path = join(stage.sandbox.folder, 'policy.yaml');
      const before = await readFile(path, 'utf8');
      const after = before.replaceAll(BOB.id, SUCCESSOR);
      reached(after !== before, 'The policy does not name bob.');
      await restart(stage, path, after);
      try {
        const answer = await stage.door.click({ by: BOB, action: ACTIONS.approve, value: { change: id, digest } });
        must((await stage.get(id)).version === version, 'The change was decided.');
        must(/You may not approve/.test(answer ?? ''), `Bob got: ${answer}`);
        return answer ?? '';
      } finally {
        await restart(stage, path, before);
      }
    },
  };
}

async function restart({ sandbox, signal }: AttackStage, path: string, config: string): Promise<void> {
  const { bot } = sandbox.services;
  await bot.stop(STOP_LIMIT_MS);
  await writeFile(path, config);
  await bot.start(signal);
}
