import type { Statement } from '../parse/statement.ts';
import {
  expectCalled,
  expectEphemeral,
  expectHome,
  expectModal,
  expectNoText,
  expectTerminal,
  expectText,
} from './expect.ts';
import { Impossible } from './impossible.ts';
import { clickButton, fillField, sayCommand, submitModal, writeMessage } from './perform.ts';
import type { Performance } from './performance.ts';
import { waitForState, waitForStep } from './wait.ts';

/** The statement that was not met, and what was found instead. */
export interface FailedStatement {
  readonly statement: Statement;
  readonly instead: string;
}

/** Plays the statements in order and stops at the first that is not met; null if all are met. */
export async function play(
  statements: readonly Statement[],
  performance: Performance,
  onPlayed: (statement: Statement, seconds: number) => void,
): Promise<FailedStatement | null> {
  const { clock, signal } = performance;
  for (const statement of statements) {
    signal.throwIfAborted();
    const from = clock.now().getTime();
    const instead = await playOne(statement, performance);
    if (instead !== null) return { statement, instead };
    onPlayed(statement, (clock.now().getTime() - from) / 1000);
  }
  return null;
}

/** Null if the statement is met, else what was found instead. */
async function playOne(statement: Statement, performance: Performance): Promise<string | null> {
  try {
    await perform(statement, performance);
    return null;
  } catch (error) {
    if (error instanceof Impossible) return error.message;
    throw error;
  }
}

async function perform(statement: Statement, performance: Performance): Promise<void> {
  const { stage, clock, signal } = performance;
  switch (statement.is) {
    case 'say':
      return await sayCommand(statement, performance);
    case 'click':
      return await clickButton(statement, performance);
    case 'write':
      return await writeMessage(statement, performance);
    case 'fill':
      return await fillField(statement, performance);
    case 'submit':
      return await submitModal(statement, performance);
    case 'open-home':
      return await done(stage.openHome(statement.person));
    case 'expect-home':
      return await expectHome(statement, performance);
    case 'terminal':
      return await done(stage.terminal(statement.person, statement.command));
    case 'expect-terminal':
      return await expectTerminal(statement, performance);
    case 'wait':
      return await waitForState(statement, performance);
    case 'wait-running':
      return await waitForStep(statement, performance);
    case 'expect-text':
      return await expectText(statement, performance);
    case 'expect-no-text':
      return expectNoText(statement, stage);
    case 'expect-modal':
      return await expectModal(statement, performance);
    case 'expect-called':
      return await expectCalled(statement, performance);
    case 'expect-ephemeral':
      return await expectEphemeral(statement, performance);
    case 'fault':
      return await done(stage.plant(statement.name, statement.args));
    case 'clear-fault':
      return await done(stage.clear(statement.name));
    case 'operate':
      return await done(stage.operate(statement.name, statement.args));
    case 'kill':
      return await done(stage.kill(statement.service));
    case 'start':
      return await done(stage.start(statement.service));
    case 'sleep':
      return await clock.sleep(statement.seconds * 1000, signal);
  }
}

/** Turns errors of the sandbox itself (unknown fault, process not running) into a failed statement. */
async function done(act: Promise<void>): Promise<void> {
  try {
    await act;
  } catch (error) {
    throw new Impossible(error instanceof Error ? error.message : String(error));
  }
}
