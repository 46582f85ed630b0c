import { OPERATIONS } from '../cluster/operate/names.ts';
import { PEOPLE } from '../people.ts';
import type { Sandbox } from '../sandbox.ts';
import { parseScenario } from '../scenario/parse/parse.ts';
import type { Statement } from '../scenario/parse/statement.ts';
import type { Stage } from '../scenario/play/stage.ts';
import { stageOf } from '../scenario/sandbox-stage.ts';
import type { Breaking } from '../slack/page-api/breaking.ts';
import { offersFor } from './offers.ts';

/** What the page can break in a running sandbox. */
export function breakingOf(sandbox: Sandbox, signal: AbortSignal): Breaking {
  const { cluster, faults } = sandbox;
  const stage = stageOf(sandbox, signal);
  const bootstrap = cluster.world.bootstrap.name;
  return {
    offers() {
      const others = [...cluster.world.nodes.keys()].filter((name) => name !== bootstrap);
      const target = exampleNode(others) ?? bootstrap;
      return offersFor(target, others.find((name) => name !== target) ?? target);
    },
    broken: () =>
      faults.list().map((fault) => ({ label: fault, statement: `clear fault ${fault.split(' ')[0] ?? fault}` })),
    play: async (text) => await act(statementIn(text), stage),
  };
}

/** The node that the first steps name. */
export const exampleNode = (others: readonly string[]): string | undefined =>
  others.includes('node-2') ? 'node-2' : others[0];

function statementIn(text: string): Statement {
  const scenario = parseScenario(text, { people: PEOPLE.map(({ name }) => name) });
  if (scenario.is === 'wrong') throw new Error(scenario.mistakes.join('\n').replace(/^line 1: /, ''));
  const [statement, ...more] = scenario.statements;
  if (statement === undefined || more.length > 0) throw new Error('Type one statement at a time.');
  return statement;
}

const TAKEN = ['fault', 'clear fault', 'kill', 'start', ...Object.keys(OPERATIONS)];
const OTHER = `This box takes ${TAKEN.slice(0, -1).join(', ')} and ${TAKEN.at(-1)}. The message box takes the rest.`;

async function act(statement: Statement, stage: Stage): Promise<void> {
  switch (statement.is) {
    case 'fault':
      return await stage.plant(statement.name, statement.args);
    case 'clear-fault':
      return await stage.clear(statement.name);
    case 'operate':
      return await stage.operate(statement.name, statement.args);
    case 'kill':
      return await stage.kill(statement.service);
    case 'start':
      return await stage.start(statement.service);
    default:
      throw new Error(OTHER);
  }
}
