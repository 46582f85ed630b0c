import type { Json } from '../json.ts';

/** What an execution function came to on a minion. */
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

/** An execution function failed as Python's CommandExecutionError does; `log` is what the minion logged before. */
export class CommandExecutionError extends Error {
  override readonly name = 'CommandExecutionError';
  readonly log: string;
  constructor(message: string, log = '') {
    super(message);
    this.log = log;
  }
}

/** A function's plain answer; the retcode is 0 and the outputter Salt's default unless told. */
export function returned(value: Json, retcode = 0, out = 'nested', log = ''): FunResult {
  return { is: 'returned', value, retcode, out, log };
}

/** What the minion sends to the master for a result. */
export interface MinionReturn {
  readonly value: Json;
  readonly retcode: number;
  readonly success: boolean;
  readonly out: string;
}

/** Semaphore a function's result into the return that the master stores and prints. */
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
