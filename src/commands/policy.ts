import { readPolicies } from '../config/policy-config.ts';
import { policyJsonSchema } from '../config/policy-file.ts';
import { policiesInWords } from '../domain/policy/words.ts';
import { explain, type Print } from './explained.ts';

/** `registry-ha policy check FILE|schema`: explains a policy file in sentences; returns the exit code. */
export function policyCommand(verb: string, path: string | undefined, now: Date, print: Print): number {
  if (verb === 'schema') {
    print(JSON.stringify(policyJsonSchema(), null, 2));
    return 0;
  }
  if (verb !== 'check' || path === undefined) {
    print('Use `registry-ha policy check FILE` or `registry-ha policy schema`.');
    return 2;
  }
  try {
    const { named, others } = readPolicies(path);
    for (const line of policiesInWords(named, others, now)) print(line);
    return 0;
  } catch (error) {
    return explain(error, print);
  }
}
