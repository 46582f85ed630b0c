import type { Json } from '../json.ts';

/** The result of an execution function on a minion. */
export type FunResult =
  | {
      readonly is: 'returned';
      readonly value: Json;
      readonly retcode: number;
      readonly out: string;
      readonly log: string;
    }
  /** CommandExecutionError: salt-call prints it on stderr only, the master gets `ERROR: …`. */
  | { readonly is: 'raised'; readonly fun: string; readonly message: string; readonly log: string }
  | { readonly is: 'invalid'; readonly fun: string; readonly message: string }
  | { readonly is: 'unavailable'; readonly message: string };

/** Python's CommandExecutionError; `log` is what the minion logged before it. */
export class CommandExecutionError extends Error {
  override readonly name = 'CommandExecutionError';
  readonly log: string;
  constructor(message: string, log = '') {
    super(message);
    this.log = log;
  }
}

/** A plain result; default retcode 0, default outputter `nested`. */
export function returned(value: Json, retcode = 0, out = 'nested', log = ''): FunResult {
  return { is: 'returned', value, retcode, out, log };
}

/** What the minion returns to the master. */
export interface MinionReturn {
  readonly value: Json;
  readonly retcode: number;
  readonly success: boolean;
  readonly out: string;
}

/** Converts a function's result to the return that the master stores and prints. */
export function toMinionReturn(result: FunResult): MinionReturn {
  switch (result.is) {
    case 'returned':
      return { value: result.value, retcode: result.retcode, success: result.retcode === 0, out: result.out };
    case 'raised':
      return failed(`ERROR: ${result.message}`);
    case 'invalid':
      return failed(`Passed invalid arguments to ${result.fun}: ${result.message}`);
    case 'unavailable':
      return failed(result.message);
  }
}

function failed(value: string): MinionReturn {
  return { value, retcode: 1, success: false, out: 'nested' };
}
