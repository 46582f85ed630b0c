import type { SigningKey } from '../../adapters/keys/signature.ts';
import type { BotFileConfig } from '../../config/bot-config.ts';
import { type FleetFiles, restartKeys } from '../../config/fleet-files.ts';
import { WrongConfig } from '../../config/read-config.ts';
import { Failure } from '../../domain/answers/failure.ts';
import { serialQueue } from '../../flow/serial-queue.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../log.ts';

import { botProofs } from './proofs.ts';
import type { ServedClusters, ServedNews } from './served-clusters.ts';

/** Contents are compared: Kubernetes replaces mounted files in a way that inotify misses. */
const LOOK_EVERY_MS = 10_000;

/** What a reload needs, and who hears of it. */
export interface ReloadPorts {
  readonly files: FleetFiles;
  readonly served: ServedClusters;
  /** The configuration that the bot has started with. */
  readonly started: BotFileConfig;
  readonly signing: SigningKey | Promise<SigningKey>;
  readonly clock: Clock;
  readonly log: Log;
  /** Hears whether the files are in force, and which clusters are served no more. */
  readonly onRead: (isInForce: boolean, removed: readonly string[]) => void;
  /** Called when the policy, the channels or the keys of a cluster are other ones: approvals may count no more. */
  readonly onChanged: () => void;
}

/** Clusters and policies of changed files count without a restart; files with a mistake change nothing. */
export class Reload {
  readonly #ports: ReloadPorts;
  readonly #inTurn = serialQueue();
  /** The content that is in force, or was refused. */
  #read: string;
  #refused: string | null = null;
  #restart = '';

  constructor(ports: ReloadPorts) {
    this.#ports = ports;
    this.#read = ports.files.digest();
  }

  /** Reads the files at once, as somebody wants who sends SIGHUP: keys of workers, too. */
  async now(): Promise<void> {
    this.#refused = null;
    await this.#again(this.#ports.files.digest());
  }

  /**
   * Watches the files. Content counts when two looks have found the same, because a file that is being written may be valid, too. What was
   * refused is tried at each look: a key file, or the Redis user's rights, may be what was missing.
   */
  async watch(signal: AbortSignal): Promise<void> {
    const { files, clock } = this.#ports;
    let last = this.#read;
    while (!signal.aborted) {
      await clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined);
      if (signal.aborted) return;
      const seen = files.digest();
      if (seen === last && (seen !== this.#read || this.#refused !== null)) await this.#again(seen);
      last = seen;
    }
  }

  #again(digest: string): Promise<void> {
    return this.#inTurn(async () => {
      this.#read = digest;
      const { served, files, signing, log, onRead, onChanged } = this.#ports;
      try {
        const config = files.read();
        const proofs = await botProofs({ ...config, approval: this.#ports.started.approval }, signing);
        const news = await served.serve(config, proofs.clusters);
        this.#refused = null;
        onRead(true, news.removed);
        if (news.changed.length > 0) onChanged();
        this.#report(config, news);
      } catch (error) {
        onRead(false, []);
        const why = mistakesOf(error);
        if (this.#refused !== why.join('\n'))
          log.error(
            { mistakes: why, ...(why.length === 0 ? { err: error } : {}) },
            'The changed configuration is refused; the bot continues with the one before',
          );
        this.#refused = why.join('\n');
      }
    });
  }

  #report(config: BotFileConfig, { added, removed, changed, left }: ServedNews): void {
    const { log, started } = this.#ports;
    if (added.length + removed.length + changed.length > 0)
      log.info({ added, removed, changed }, 'The changed configuration is in force');
    if (left?.length !== 0)
      log.warn(
        { removed, open: left },
        'A removed cluster has open changes, or may have: their cards are no longer updated',
      );
    const keys = restartKeys(started, config);
    if (keys.length > 0 && keys.join() !== this.#restart)
      log.warn({ keys }, 'These keys of the changed configuration need a restart of the bot');
    this.#restart = keys.join();
  }
}

/** Sentences for an operator; none for a defect. */
function mistakesOf(error: unknown): readonly string[] {
  if (error instanceof WrongConfig) return error.message.split('\n');
  if (!(error instanceof Failure)) return [];
  const { where, what, next } = error.report();
  return [`${where}: ${what} ${next}`];
}
