import { z } from 'zod';
import { sameSet } from '../../domain/cluster/registry.ts';
import type { Jid, RunningJob, SaltJob } from '../../domain/cluster/salt.ts';
import type { Command } from '../../domain/node-commands/command.ts';
import { exit } from '../../domain/node-commands/ended.ts';
import { jsonIn } from '../../domain/text/json.ts';
import { classifyValue, withEnd } from './classify.ts';

const jobSchema = z.object({
  jid: z.string(),
  Minions: z.array(z.string()).catch([]),
  Result: z.record(z.string(), z.object({ return: z.unknown(), retcode: z.number().catch(0) })).catch({}),
  Error: z.string().optional(),
});

/**
 * Parses `salt-run jobs.list_job`; null when the output is not a job. The exit code of salt-run is always 0, and answers of failed
 * minions also contain fields of the event bus, so only `result` and `retcode` decide.
 */
export function jobOf(jid: Jid, stdout: string): SaltJob | null {
  const job = jobSchema.safeParse(jsonIn(stdout)).data;
  if (job?.jid !== jid) return null;
  const returns = Object.entries(job.Result).map(([id, one]) => [
    id,
    withEnd(classifyValue(one.return, 'states'), exit(one.retcode)),
  ]);
  return { jid, known: job.Error === undefined, targeted: job.Minions, returns: Object.fromEntries(returns) };
}

const activeSchema = z.record(
  z.string().regex(/^\d+$/),
  z.object({ Function: z.string(), Running: z.array(z.record(z.string(), z.unknown())) }),
);

/**
 * The state runs in the output of `salt-run jobs.active`; null when the output is not a list of jobs. Without the master, it prints
 * a sentence, then `{}`, and exits 0: any text beside the JSON means that nobody knows.
 */
export function stateRunsOf(stdout: string): readonly RunningJob[] | null {
  const jobs = activeSchema.safeParse(jsonIn(stdout)).data;
  if (jobs === undefined) return null;
  return Object.entries(jobs)
    .map(([jid, job]) => ({ fun: job.Function, jid, nodes: job.Running.flatMap((one) => Object.keys(one)).sort() }))
    .filter((job) => job.fun.startsWith('state.') && job.nodes.length > 0);
}

const words = z.record(z.string(), z.unknown());
const listSchema = z.record(
  z.string().regex(/^\d{20}$/),
  z.object({
    Function: z.string(),
    Arguments: z.array(z.string().or(words)).catch([]),
    Target: z.string().or(z.array(z.string())).catch([]),
  }),
);

/** The jobs of `salt-run jobs.list_jobs` with the function, arguments and nodes of `salt … -L …`; null when it is not a list. */
export function jobsLike({ args }: Command, stdout: string): readonly Jid[] | null {
  const jobs = listSchema.safeParse(jsonIn(stdout)).data;
  if (jobs === undefined) return null;
  const [nodes = '', fun, ...rest] = args.slice(args.indexOf('-L') + 1);
  return Object.keys(jobs).filter((jid) => {
    const { Function: called, Arguments: given = [], Target: target = [] } = jobs[jid] ?? {};
    return called === fun && sameSet(given.flatMap(asTyped), rest) && sameSet([target].flat(), nodes.split(','));
  });
}

/** An argument in the job cache as words of a command line; keyword arguments are the members of one object. */
const asTyped = (one: string | z.infer<typeof words>): readonly string[] =>
  typeof one === 'string'
    ? [one]
    : Object.entries(one).flatMap(([key, value]) =>
        key === '__kwarg__' ? [] : [`${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`],
      );
