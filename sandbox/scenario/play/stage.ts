import type { ServiceName } from '../../processes/services.ts';
import type { Changes } from '../../seen/changes.ts';
import type { SeenText } from '../../seen/texts.ts';
import type { Where } from '../parse/statement.ts';

/** What a scenario can do and see; a running sandbox implements it. */
export interface Stage {
  /** Types a command; returns the error that Slack shows, or null. */
  say(person: string, command: string): Promise<string | null>;
  hasButton(person: string, label: string): boolean;
  /** Clicks the newest button with this label; returns the error that Slack shows, or null. */
  click(person: string, label: string): Promise<string | null>;
  /** Writes an ordinary message. */
  write(person: string, where: Where, words: string): Promise<void>;
  /** Fills in a field of the person's newest modal. */
  fill(person: string, label: string, words: string): Promise<void>;
  /** Submits it. */
  submit(person: string): Promise<void>;
  changes(): Promise<Changes>;
  /** Every text shown so far. */
  texts(): readonly SeenText[];
  /** The texts of each modal that was opened for this person. */
  modals(person: string): readonly Pick<SeenText, 'texts'>[];
  openHome(person: string): Promise<void>;
  /** The texts of each Home that was published for this person. */
  homes(person: string): readonly Pick<SeenText, 'texts'>[];
  /** Types a command on the bootstrap node, and does not wait for its end. */
  terminal(person: string, command: string): Promise<void>;
  /** What each of the person's commands there has shown. */
  terminals(person: string): readonly Pick<SeenText, 'texts'>[];
  /** The Slack ID of a person. */
  idOf(person: string): string;
  plant(fault: string, args: readonly string[]): Promise<void>;
  clear(fault: string): Promise<void>;
  operate(name: string, args: readonly string[]): Promise<void>;
  kill(service: ServiceName): Promise<void>;
  start(service: ServiceName): Promise<void>;
  /** How processes ended unexpectedly. */
  deaths(): readonly string[];
}
