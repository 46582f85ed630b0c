import type { DatedKey } from '../../domain/answers/key-age.ts';
import type { ChangeId } from '../../domain/change/change.ts';

/** Key files of a process. Each throws `key-unusable` with the way out. */
export interface KeyRing {
  /** The name of the signing key. */
  own(): Promise<string>;
  /** The names of the keys whose signatures are accepted. */
  trusted(): Promise<readonly string[]>;
  /** Both with their dates. */
  dated(): Promise<readonly DatedKey[]>;
  /** The files of passwords, tokens and credentials that the process reads. */
  secrets(): Promise<readonly SecretFile[]>;
}

/** A file with a secret. */
export interface SecretFile {
  readonly path: string;
  /** Its permission bits; null if it cannot be looked at. */
  readonly mode: number | null;
}

/** A journal as it was read, whole, with its seals checked. Throws `journal-damaged` or `journal-unusable`. */
export interface JournalHealth {
  /** Null while there is no journal. */
  look(): Promise<{
    readonly lines: number;
    readonly unsealedEnd: number;
    readonly unknownKeys: readonly string[];
    /** A change that is not of the worker's cluster; null without one. */
    readonly foreign: ChangeId | null;
  } | null>;
}
