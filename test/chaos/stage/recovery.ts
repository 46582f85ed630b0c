/** The measured recoveries, with the maximum in seconds that each must keep. */
export const RECOVERY_GOALS = {
  'worker killed → next act': 20,
  'Redis back → next act': 3,
  'bot back → card current': 5,
  'cancel → safe point': 5,
  'worker asked to stop → stopped': 2,
  'worker back → drilled registry back': 30,
} as const;

export type Recovery = keyof typeof RECOVERY_GOALS;

/** Recovery times across scenarios. */
export class Recoveries {
  readonly #seconds = new Map<Recovery, { readonly scenario: string; readonly seconds: number }[]>();

  note(what: Recovery, scenario: string, seconds: number): void {
    this.#seconds.set(what, [...(this.#seconds.get(what) ?? []), { scenario, seconds }]);
  }

  /** The maximum and number of measurements of each kind, with the scenario; kinds without a measurement are left out. */
  maxima(): readonly Longest[] {
    return [...this.#seconds].map(([what, all]) => {
      const [longest = { scenario: '', seconds: 0 }] = all.toSorted((a, b) => b.seconds - a.seconds);
      return { what, goal: RECOVERY_GOALS[what], ...longest, times: all.length };
    });
  }
}

/** The longest recovery of a kind, and its scenario. */
export interface Longest {
  readonly what: Recovery;
  readonly goal: number;
  readonly seconds: number;
  readonly scenario: string;
  readonly times: number;
}

/** Whether the goal is met. */
export const isMet = ({ seconds, goal }: Longest): boolean => seconds <= goal;
