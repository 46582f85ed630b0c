import type { ServiceName } from '../../processes/services.ts';
import type { Changes } from '../../seen/changes.ts';
import type { SeenText } from '../../seen/texts.ts';

/** What a scenario can do and see; a running sandbox is one. */
export interface Stage {
  /** Types a command; gives what Slack itself complains about, or null. */
  say(person: string, command: string): Promise<string | null>;
  hasButton(person: string, label: string): boolean;
  /** Presses the newest button with this label; gives what Slack itself complains about, or null. */
  click(person: string, label: string): Promise<string | null>;
  changes(): Promise<Changes>;
  /** Everything that could ever be read. */
  texts(): readonly SeenText[];
  /** The id under which Slack knows a person. */
  idOf(person: string): string;
  plant(fault: string, args: readonly string[]): Promise<void>;
  clear(fault: string): Promise<void>;
  kill(service: ServiceName): Promise<void>;
  start(service: ServiceName): Promise<void>;
  /** How processes ended that nobody asked to end. */
  deaths(): readonly string[];
}
