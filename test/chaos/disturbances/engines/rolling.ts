import { engineJobs } from '../../../harness/judges/deeds.ts';
import { fixAndRetry, planted } from '../acts.ts';
import type { Disturbance } from '../disturbance.ts';
import { killWorker } from '../kills.ts';

const REQUEST = '/registry-ha add node-2 --engines rolling';
const DONE = { state: 'done' } as const;
/** The second engine, by their order: node-3 has no control plane. */
const SECOND = 'node-1';

/** Disturbances of engines that are reconfigured one after another. */
export function rollingDisturbances(): readonly Disturbance[] {
  return [
    {
      ...rolling('rolling-worker-killed-between-two-engines'),
      strike: async (stage) => {
        await stage.moment('the first engine', (events) =>
          events.some((event) => event.type === 'step-done' && event.step.startsWith('engines:')),
        );
        await killWorker(stage);
      },
    },
    {
      ...rolling('rolling-worker-killed-before-the-jid-of-the-second-engine'),
      strike: async (stage) => {
        await stage.stepNamed(`engines:${SECOND}`);
        const { world } = stage.sandbox.cluster;
        await stage.quickly('a job for the second engine', () => engineJobs(world).length > 1);
        await killWorker(stage);
      },
    },
    stopsAndResumes('rolling-engine-stops', 'engine-stops', 'gave no answer'),
    stopsAndResumes('rolling-node-drops', 'node-drops', `${SECOND} is not Ready since its container engine restarted.`),
  ];
}

const rolling = (name: string): Disturbance => ({ name, end: DONE, request: REQUEST });

/** The second engine breaks at its restart: no other engine is touched until a person has fixed it. */
function stopsAndResumes(name: string, fault: string, shows: string): Disturbance {
  return {
    ...rolling(name),
    end: {
      state: 'done',
      shows: ['Failed.', shows, `Reconfigure the container engine of ${SECOND}, node-2 and bootstrap`],
    },
    planned: planted(fault, SECOND),
    after: fixAndRetry(fault),
  };
}
