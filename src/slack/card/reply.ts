/** A state change, posted once in the card's thread. `broadcast` also shows it in the channel, if a person must act. */
export interface Reply {
  /** Unique within the change. After a retry it contains the number of the approval. */
  readonly name: string;
  readonly text: string;
  readonly broadcast: boolean;
  /** The person who gets it as a direct message, instead of the thread. */
  readonly to?: string;
  /** True for a line that may share a message with others. */
  readonly isLine?: boolean;
  /** True for the one that says how the change ended. */
  readonly isEnd?: boolean;
}
