import type { TypedDoctor } from './commands/doctor.ts';
import { PlainFailure } from './domain/answers/failure.ts';
import { onScreen } from './on-screen.ts';

/** In the place of worker.ts, terminal.ts and doctor-worker.ts in the image of the bot, which has none of them: see scripts/build.ts. */
const startWorker = (): Promise<never> => Promise.reject(noWorker());

const onTerminal = ({ json }: Pick<TypedDoctor, 'json'>): Promise<number> => onScreen(json, startWorker);

function noWorker(): PlainFailure {
  return new PlainFailure('bot-only', {
    where: 'registry-ha',
    what: 'This program is that of the bot’s image. It has no worker, and reaches no cluster.',
    next: 'Run the command on the bootstrap node, where the worker’s bundle is installed: docs/install.md, step 4.',
  });
}

export { onTerminal as doctorOfWorker, onTerminal, startWorker };
