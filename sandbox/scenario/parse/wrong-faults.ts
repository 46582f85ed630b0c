import { FaultWrong, SimFaults } from '../../cluster/faults.ts';
import { SLACK_FAULTS } from '../../faults.ts';
import type { Statement } from './statement.ts';

/** What is wrong with the faults of a scenario, each with its line; in a cluster of these nodes. */
export function wrongFaults(statements: readonly Statement[], nodes: readonly string[]): readonly string[] {
  return statements.flatMap((statement) => {
    const says = statement.is === 'fault' ? wrongFault(statement.name, statement.args, nodes) : null;
    return says === null ? [] : [`line ${statement.line}: ${says} It reads: ${statement.text}`];
  });
}

function wrongFault(name: string, args: readonly string[], nodes: readonly string[]): string | null {
  // The local Slack looks at its own when they are planted.
  if (SLACK_FAULTS.some((known) => known === name)) return null;
  try {
    new SimFaults(new Set(nodes)).set(name, args);
    return null;
  } catch (error) {
    return error instanceof FaultWrong ? `${error.message}.` : String(error);
  }
}
