/** A person as Slack's payload names them; `name` is for display only, `id` decides. */
export interface Person {
  readonly id: string;
  readonly name: string;
}

/** What is signed with the bot's key in the approvers' names: this change, this plan, until then. */
export interface Approval {
  readonly v: 1;
  readonly change: string;
  readonly cluster: string;
  readonly verb: string;
  readonly nodes: readonly string[];
  /** SHA-256 of the canonical form of the plan's approved part. */
  readonly digest: string;
  readonly requester: string;
  /** User ids of everybody whose approval counted, in the order in which they gave it; nobody twice. */
  readonly approvers: readonly string[];
  readonly at: string;
  /** Limits the start only; a change that has begun goes on. */
  readonly expires: string;
  readonly nonce: string;
}

/** An approval with the bot's Ed25519 signature (base64) and the name of its key. */
export interface SignedApproval {
  readonly approval: Approval;
  readonly key: string;
  readonly signature: string;
}
