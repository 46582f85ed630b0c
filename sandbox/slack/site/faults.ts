/** The effect of a fault on a Web API call. */
export type CallFault =
  | { readonly is: 'none' }
  | { readonly is: 'rate-limited'; readonly seconds: number }
  | { readonly is: 'unavailable' }
  | { readonly is: 'hanging'; readonly afterRun: boolean; readonly until: AbortSignal };

/** Reasons to ask a client to reconnect (Socket Mode page, "Disconnect messages"). */
export type DisconnectReason = 'refresh_requested' | 'warning';

interface Planted {
  readonly args: readonly string[];
  readonly lifted: AbortController;
}

/** Faults that last until cleared, with their arguments. */
const LASTING = {
  'slack-429': '[METHOD] [SECONDS]',
  'slack-5xx': '[METHOD]',
  'slack-timeout': '[METHOD] [after]',
  'slack-invalid-blocks': 'TYPE',
  'slack-revoked': '',
  'slack-not-in-channel': '',
  'slack-free-plan': '',
  'slack-left-groups': 'PERSON…',
  'slack-goodbye': '[REASON]',
  'slack-org-token': '',
  'slack-archived': '',
  'slack-no-files': '',
  'slack-events-twice': '',
} as const;
const REFRESH = 'slack-refresh';

const isMethod = (word: string): boolean => word.includes('.');
const concerns = (args: readonly string[], method: string): boolean =>
  args.includes(method) || !args.some((word) => isMethod(word));

/** The active faults, by name. */
export class Faults {
  readonly #planted = new Map<string, Planted>();
  readonly #disconnect: (reason: DisconnectReason) => void;

  constructor(disconnect: (reason: DisconnectReason) => void) {
    this.#disconnect = disconnect;
  }

  plant(name: string, args: readonly string[]): void {
    if (name === REFRESH) {
      this.#disconnect(args.includes('warning') ? 'warning' : 'refresh_requested');
      return;
    }
    checkKnown(name);
    if (name === 'slack-invalid-blocks' && args.length !== 1) {
      throw new Error('slack-invalid-blocks takes one block type, for example: slack-invalid-blocks plan');
    }
    this.clear(name);
    this.#planted.set(name, { args, lifted: new AbortController() });
  }

  clear(name: string): void {
    if (name !== REFRESH) checkKnown(name);
    this.#planted.get(name)?.lifted.abort();
    this.#planted.delete(name);
  }

  clearAll(): void {
    for (const name of [...this.#planted.keys()]) this.clear(name);
  }

  list(): readonly string[] {
    return [...this.#planted].map(([name, { args }]) => [name, ...args].join(' '));
  }

  has(
    name:
      | 'slack-revoked'
      | 'slack-not-in-channel'
      | 'slack-free-plan'
      | 'slack-org-token'
      | 'slack-archived'
      | 'slack-no-files'
      | 'slack-events-twice',
  ): boolean {
    return this.#planted.has(name);
  }

  /** People, by ID or name, who have left all user groups. */
  leftGroups(): readonly string[] {
    return this.#planted.get('slack-left-groups')?.args ?? [];
  }

  /** Why new sockets are closed right after the hello; null if they stay open. */
  goodbye(): string | null {
    const planted = this.#planted.get('slack-goodbye');
    return planted === undefined ? null : (planted.args[0] ?? 'link_disabled');
  }

  /** The block type that is currently rejected, if any. */
  refusedBlock(): string | undefined {
    return this.#planted.get('slack-invalid-blocks')?.args[0];
  }

  forCall(method: string): CallFault {
    const limited = this.#argsFor('slack-429', method)?.args.find((word) => !isMethod(word));
    if (this.#argsFor('slack-429', method) !== undefined)
      return { is: 'rate-limited', seconds: Number(limited ?? '1') };
    if (this.#argsFor('slack-5xx', method) !== undefined) return { is: 'unavailable' };
    const hanging = this.#argsFor('slack-timeout', method);
    if (hanging === undefined) return { is: 'none' };
    return { is: 'hanging', afterRun: hanging.args.includes('after'), until: hanging.lifted.signal };
  }

  #argsFor(name: keyof typeof LASTING, method: string): Planted | undefined {
    const planted = this.#planted.get(name);
    return planted !== undefined && concerns(planted.args, method) ? planted : undefined;
  }
}

function checkKnown(name: string): void {
  if (Object.hasOwn(LASTING, name)) return;
  const known = Object.entries({ ...LASTING, [REFRESH]: '[warning]' }).map(([fault, args]) =>
    `${fault} ${args}`.trim(),
  );
  throw new Error(`Unknown fault "${name}". Known: ${known.join(', ')}.`);
}
