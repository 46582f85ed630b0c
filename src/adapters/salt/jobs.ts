import { z } from 'zod';
import { sameSet } from '../../domain/cluster/registry.ts';
import type { Jid, SaltJob, StateRuns } from '../../domain/cluster/salt.ts';
import type { Command } from '../../domain/node-commands/command.ts';
import { exit } from '../../domain/node-commands/ended.ts';
import { jsonIn } from '../../domain/text/json.ts';
import { classifyValue, withEnd } from './classify.ts';

const jobSchema = z.object({
  jid: z.string(),
  Minions: z.array(z.string()).catch([]),
  Result: z.record(z.string(), z.unknown()).catch({}),
  Error: z.string().optional(),
});

/** Each by itself: what one minion left out says nothing of the others. */
const returnSchema = z.object({ return: z.unknown(), retcode: z.number().catch(0) });

/**
 * Parses `salt-run jobs.list_job`; null when the output is not a job. The exit code of salt-run is always 0, and answers of failed
 * minions also contain fields of the event bus, so only `result` and `retcode` decide.
 */
export function jobOf(jid: Jid, stdout: string): SaltJob | null {
  const job = jobSchema.safeParse(jsonIn(stdout)).data;
  if (job?.jid !== jid) return null;
  const returns = Object.entries(job.Result).flatMap(([id, told]) => {
    const one = returnSchema.safeParse(told).data;
    return one === undefined ? [] : [[id, withEnd(classifyValue(one.return, 'states'), exit(one.retcode))]];
  });
  return { jid, known: job.Error === undefined, targeted: job.Minions, returns: Object.fromEntries(returns) };
}

const runningSchema = z.array(z.object({ jid: z.string(), fun: z.string() }));

/**
 * The state runs in the answers of minions to `saltutil.running`, which leaves itself out. A minion that tells no list did not answer:
 * `salt-run jobs.active` leaves such minions out without a word (salt.runners.jobs.active, 3002), so it is not asked.
 */
export function stateRunsOf(nodes: readonly string[], values: ReadonlyMap<string, unknown>): StateRuns {
  const runs = new Map<Jid, { fun: string; jid: Jid; nodes: string[] }>();
  const answered = nodes.filter((node) => {
    const told = runningSchema.safeParse(values.get(node)).data;
    for (const { jid, fun } of told ?? []) {
      if (!fun.startsWith('state.')) continue;
      const run = runs.get(jid) ?? { fun, jid, nodes: [] };
      run.nodes.push(node);
      runs.set(jid, run);
    }
    return told !== undefined;
  });
  return { answered, runs: [...runs.values()] };
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
