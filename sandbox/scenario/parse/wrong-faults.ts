import { FaultWrong, SimFaults } from '../../cluster/faults.ts';
import { SLACK_FAULTS } from '../../faults.ts';
import type { Statement } from './statement.ts';

/** Mistakes in the faults of a scenario, with line numbers, for a cluster of these nodes. */
export function wrongFaults(statements: readonly Statement[], nodes: readonly string[]): readonly string[] {
  const added = statements.flatMap((one) =>
    one.is === 'operate' && one.name === 'node' && one.args[0] === 'add' ? one.args.slice(1) : [],
  );
  const names = [...nodes, ...added];
  return statements.flatMap((statement) => {
    const says = statement.is === 'fault' ? wrongFault(statement.name, statement.args, names) : null;
    return says === null ? [] : [`line ${statement.line}: ${says} The line is: ${statement.text}`];
  });
}

function wrongFault(name: string, args: readonly string[], nodes: readonly string[]): string | null {
  // The local Slack checks its own faults when they are turned on.
  if (SLACK_FAULTS.some((known) => known === name)) return null;
  try {
    new SimFaults(new Set(nodes)).set(name, args);
    return null;
  } catch (error) {
    return error instanceof FaultWrong ? `${error.message}.` : String(error);
  }
}
