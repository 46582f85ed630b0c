import type { Command, CommandResult } from '../../src/domain/node-commands/command.ts';
import {
  ARM_SCRIPT,
  DISARM_SCRIPT,
  RESTORE_SCRIPT,
  SWITCH_SCRIPT,
  TAKE_SCRIPT,
} from '../../src/domain/node-commands/drill-commands.ts';
import { exit } from '../../src/domain/node-commands/ended.ts';
import { REGISTRY_MANIFEST } from '../../src/domain/node-commands/undo-commands.ts';

const ended = (code: number, stdout = ''): CommandResult => ({ ended: exit(code), stdout, stderr: '' });

/** The bootstrap node's switch and manifest in memory. Time passes only when a test says so. */
export class FakeSwitch {
  armed: { aside: string; seconds: number; secondsLeft: number } | null = null;
  aside: string[] = [];
  hasManifest = true;

  /** The answer to a script of a drill; null for any other command. */
  run({ args }: Command): CommandResult | null {
    const [, script = '', , first = '', timer = ''] = args;
    switch (script) {
      case ARM_SCRIPT:
        return this.#arm(/^# (\S+)$/m.exec(first)?.[1] ?? '', Number(/^OnActiveSec=(\d+)$/m.exec(timer)?.[1]));
      case TAKE_SCRIPT:
        return this.#take(first);
      case RESTORE_SCRIPT:
        this.putBack(first);
        return ended(0);
      case DISARM_SCRIPT:
        if (this.aside.includes(first)) return ended(1);
        this.armed = null;
        return ended(0);
      case SWITCH_SCRIPT:
        return ended(0, this.#told());
      default:
        return null;
    }
  }

  /** The timer elapses, or the node boots. */
  elapse(): void {
    if (this.armed !== null) this.putBack(this.armed.aside);
    this.armed = null;
  }

  putBack(aside: string): void {
    if (!this.aside.includes(aside)) return;
    this.aside = this.aside.filter((one) => one !== aside);
    this.hasManifest = true;
  }

  #arm(aside: string, seconds: number): CommandResult {
    this.armed = { aside, seconds, secondsLeft: seconds };
    return ended(0);
  }

  #take(aside: string): CommandResult {
    if (this.armed === null || !this.hasManifest) return ended(1);
    this.hasManifest = false;
    this.aside.push(aside);
    return ended(0);
  }

  #told(): string {
    const { armed } = this;
    const since = armed === null ? 0 : 1_000 - (armed.seconds - armed.secondsLeft);
    return [
      `enabled ${armed === null ? 'disabled' : 'enabled'}`,
      `timer ${armed === null ? 'inactive' : 'active'}`,
      `ActiveEnterTimestampMonotonic=${since * 1_000_000}`,
      'up 1000.00',
      ...(armed === null ? [] : [`keeps ${armed.aside}`, `after ${armed.seconds}`]),
      ...[...(this.hasManifest ? [REGISTRY_MANIFEST] : []), ...this.aside].map((path) => `file ${path}`),
    ].join('\n');
  }
}
