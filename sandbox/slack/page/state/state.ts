import { isObject, type JsonObject, numberIn, objectsIn, textIn } from './json.ts';

/** A person that the page can act as. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly title: string;
}

/** A slash command of the installed app. */
export interface SlashCommand {
  readonly command: string;
  readonly description: string;
  readonly usageHint: string;
}

/** The author of a message. */
export interface Author {
  readonly id: string;
  readonly name: string;
  readonly isBot: boolean;
}

/** A message of the channel, a reply in a thread, or an ephemeral message for one person. */
export interface Message {
  readonly ts: string;
  readonly threadTs: string | undefined;
  readonly author: Author;
  readonly text: string;
  readonly blocks: readonly JsonObject[];
  readonly files: readonly FileShown[];
  readonly edits: number;
  /** Whether Slack would print "(edited)": after an update without blocks. */
  readonly isMarkedEdited: boolean;
  readonly ephemeralFor: string | undefined;
  readonly broadcast: boolean;
}

/** A file in a message. */
export interface FileShown {
  readonly id: string;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

/** Everything the local Slack shows. */
export interface State {
  readonly channel: { readonly id: string; readonly name: string };
  readonly people: readonly Person[];
  readonly bot: { readonly id: string; readonly name: string };
  readonly commands: readonly SlashCommand[];
  /** Names in the menu of each message. */
  readonly shortcuts: readonly string[];
  readonly messages: readonly Message[];
  readonly modals: readonly Modal[];
  /** The Home of each person who has one. */
  readonly homes: readonly Pick<Modal, 'id' | 'person' | 'view'>[];
  /** Direct messages of everyone with the app. */
  readonly direct: readonly Message[];
}

/** A modal that the bot opened for a person. */
export interface Modal {
  readonly id: string;
  readonly person: string;
  readonly view: JsonObject;
  /** What was entered, by block and action. */
  readonly values: JsonObject;
  /** Explanations by block; the one of no block is about the whole modal. */
  readonly errors: JsonObject;
}

/** What a person can do to the world behind the page. */
export interface Deed {
  readonly label: string;
  readonly statement: string;
}

/** The server sent an invalid state. */
export class UnreadableState extends Error {
  constructor(what: string) {
    super(`Invalid state from the local Slack: ${what} is missing.`);
    this.name = 'UnreadableState';
  }
}

/** Parses the answer of `GET /page/state`. */
export function readState(body: unknown): State {
  if (!isObject(body)) throw new UnreadableState('every field');
  const channel = readIdentity(body.channel, 'the channel');
  const isDirect = ({ channel: where }: JsonObject) => textIn(where).startsWith('D');
  const isHere = (message: JsonObject) => message.channel === undefined || message.channel === channel.id;
  return {
    channel,
    bot: readIdentity(body.bot, 'the bot'),
    people: objectsIn(body.people).map((one) => ({ ...readIdentity(one, 'a person'), title: textIn(one.title) })),
    commands: objectsIn(body.commands).map(readCommand),
    shortcuts: Array.isArray(body.shortcuts) ? body.shortcuts.map(textIn) : [],
    modals: objectsIn(body.views).map(readModal),
    homes: objectsIn(body.homes).map(readModal),
    direct: objectsIn(body.messages).filter(isDirect).map(readMessage).sort(bySendingTime),
    messages: objectsIn(body.messages).filter(isHere).map(readMessage).sort(bySendingTime),
  };
}

function readIdentity(value: unknown, what: string): { readonly id: string; readonly name: string } {
  if (!isObject(value)) throw new UnreadableState(what);
  return { id: required(value, 'id', what), name: required(value, 'name', what) };
}

function readModal({ id, person, view, values, errors }: JsonObject): Modal {
  const part = (value: unknown): JsonObject => (isObject(value) ? value : {});
  return { id: textIn(id), person: textIn(person), view: part(view), values: part(values), errors: part(errors) };
}

function readCommand(value: JsonObject): SlashCommand {
  const command = required(value, 'command', 'a command');
  return { command, description: textIn(value.description), usageHint: textIn(value.usageHint) };
}

function readMessage(value: JsonObject): Message {
  return {
    ts: required(value, 'ts', 'a message'),
    threadTs: textIn(value.threadTs) || undefined,
    author: readAuthor(value.author),
    text: textIn(value.text),
    blocks: objectsIn(value.blocks),
    files: objectsIn(value.files).map(readFile),
    edits: numberIn(value.edits),
    isMarkedEdited: textIn(value.editedAt) !== '',
    ephemeralFor: textIn(value.ephemeralFor) || undefined,
    broadcast: value.broadcast === true,
  };
}

function readFile(value: JsonObject): FileShown {
  return { id: required(value, 'id', 'a file'), name: required(value, 'name', 'a file'), size: numberIn(value.size) };
}

function readAuthor(value: unknown): Author {
  const isBot = isObject(value) && value.isBot === true;
  return { ...readIdentity(value, 'an author'), isBot };
}

function required(value: JsonObject, field: string, what: string): string {
  const text = textIn(value[field]);
  if (text === '') throw new UnreadableState(`the ${field} of ${what}`);
  return text;
}

function bySendingTime(one: Message, other: Message): number {
  return Number(one.ts) - Number(other.ts);
}
