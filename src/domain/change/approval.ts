/** A person from Slack's payload. Only `id` identifies them; `name` is for display. */
export interface Person {
  readonly id: string;
  readonly name: string;
}

/** The data that the bot signs for the approvers: one change, one plan, one expiry. */
export interface Approval {
  readonly v: 1;
  readonly change: string;
  readonly cluster: string;
  readonly verb: string;
  readonly nodes: readonly string[];
  /** SHA-256 of the canonical form of the plan's approved part. */
  readonly digest: string;
  readonly requester: string;
  /** User IDs of everyone whose approval counted, in order, without duplicates. */
  readonly approvers: readonly string[];
  readonly at: string;
  /** Limits the start only; a started change continues. */
  readonly expires: string;
  readonly nonce: string;
}

/** An approval with the bot's Ed25519 signature (base64) and the name of its key. */
export interface SignedApproval {
  readonly approval: Approval;
  readonly key: string;
  readonly signature: string;
}
