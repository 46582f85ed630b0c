import { elementsOf } from '../blocks/block-parts.ts';
import type { Courier, Delivery, Outgoing } from '../delivery/delivery.ts';
import { isFields, objectsIn } from '../json.ts';
import type { Person, SlackMessage } from '../local-slack-types.ts';
import type { Site } from '../site/site.ts';
import { directChannel, personNamed, SLACKBOT } from '../site/workspace.ts';
import { type Button, buttonLabelled, buttonsFor } from './buttons.ts';
import { commandText, messageText } from './command-text.ts';
import { Events } from './events.ts';
import { Forms } from './forms.ts';
import { choicePayload, clickPayload, commandPayload, shortcutPayload } from './payloads.ts';
import type { Addressee, ResponseUrls } from './response-urls.ts';

/** The actions of people in the channel, and the errors that Slack shows them. */
export class Persons {
  readonly #site: Site;
  readonly #courier: Courier;
  readonly #urls: ResponseUrls;
  readonly #events: Events;
  readonly forms: Forms;

  constructor(site: Site, courier: Courier, urls: ResponseUrls) {
    this.#site = site;
    this.#courier = courier;
    this.#urls = urls;
    this.forms = new Forms(site, courier);
    this.#events = new Events(site, courier);
  }

  /** Types a line: a command if it begins with a slash, else an ordinary message. */
  async type(personName: string, line: string): Promise<void> {
    const person = personNamed(this.#site.workspace, personName);
    if (line.trim() === '') throw new Error('The message is empty.');
    if (line.startsWith('/')) return await this.#command(person, line);
    await this.#write(person, line);
  }

  /** Replies in the thread of a message. */
  async reply(personName: string, threadTs: string, line: string): Promise<void> {
    const { timeline, workspace } = this.#site;
    const parent = timeline.find(workspace.home.id, threadTs);
    if (parent === undefined || parent.ephemeralFor !== undefined) throw new Error('The message has no thread.');
    if (line.startsWith('/')) throw new Error('Slack has no slash commands in threads.');
    await this.#write(personNamed(workspace, personName), line, threadTs);
  }

  /** Writes a direct message to the app. */
  async direct(personName: string, line: string): Promise<void> {
    const { timeline, workspace } = this.#site;
    const person = personNamed(workspace, personName);
    if (!workspace.manifest.takesMessages) throw new Error('Sending messages to this app has been turned off.');
    const author = { id: person.id, name: person.name, isBot: false };
    const channel = directChannel(person);
    const text = messageText(line, workspace);
    const message = timeline.post({ channel, author, text, blocks: [], ephemeralFor: person.id });
    await this.#events.direct(person, message);
  }

  /** Opens the app's Home. */
  async openHome(personName: string): Promise<void> {
    const { workspace } = this.#site;
    if (!workspace.manifest.hasHome) throw new Error('This app has no Home.');
    await this.#events.homeOpened(personNamed(workspace, personName));
  }

  /** Clicks a button in the person's Home. */
  async clickHome(personName: string, blockId: string, actionId: string): Promise<void> {
    const { workspace, triggers, homes, now } = this.#site;
    const person = personNamed(workspace, personName);
    const home = homes.findLast((one) => one.person === person.id);
    const holder = objectsIn(home?.view.blocks).find((block) => block.block_id === blockId);
    const button = holder === undefined ? undefined : elementsOf(holder).find((one) => one.action_id === actionId);
    if (home === undefined || button === undefined) throw new Error('The Home has changed, and the button is gone.');
    const action = {
      ...{ type: 'button', block_id: blockId, action_id: actionId, value: button.value, text: button.text },
      action_ts: (now() / 1000).toFixed(6),
    };
    const view = { ...home, hash: '', values: {}, errors: {}, isOpen: true };
    const payload = choicePayload(person, view, action, triggers.issue(person.id), workspace);
    await this.#deliver({ type: 'interactive', payload, takesAnswer: false });
  }

  async #write(person: Person, line: string, threadTs?: string): Promise<void> {
    const { bot } = this.#site.workspace;
    const message = this.#say(person, messageText(line, this.#site.workspace), threadTs);
    if (message.text.includes(`<@${bot.id}>`)) await this.#events.mentioned(person, message);
  }

  async click(personName: string, label: string): Promise<void> {
    const person = personNamed(this.#site.workspace, personName);
    await this.#press(person, buttonLabelled(label, buttonsFor(person, this.#site.timeline.all())));
  }

  /** Chooses a shortcut in the menu of a message that everyone sees. */
  async shortcut(personName: string, ts: string, name: string): Promise<void> {
    const { workspace, triggers, timeline } = this.#site;
    const person = personNamed(workspace, personName);
    const message = timeline.find(workspace.home.id, ts);
    if (message === undefined || message.ephemeralFor !== undefined) throw new Error('The message has no menu.');
    const { shortcuts } = workspace.manifest;
    const found = shortcuts.find((one) => one.name.toLowerCase() === name.trim().toLowerCase());
    if (found === undefined) {
      const names = shortcuts.map((one) => one.name).join(', ');
      throw new Error(`There is no shortcut "${name}". Shortcuts: ${names === '' ? 'none' : names}.`);
    }
    const to: Addressee = { person: person.id, channel: workspace.home.id };
    const handles = { responseUrl: this.#urls.issue('actions', to), triggerId: triggers.issue(person.id) };
    const payload = shortcutPayload(person, message, found.callbackId, handles, workspace);
    const delivery = await this.#deliver({ type: 'interactive', payload, takesAnswer: false });
    if (delivery.is === 'failed') this.#fail(person, `"${found.name}" failed with the error "${delivery.error}"`);
  }

  async clickAction(personName: string, ts: string, blockId: string, actionId: string): Promise<void> {
    const person = personNamed(this.#site.workspace, personName);
    const button = buttonsFor(person, this.#site.timeline.all()).find(
      (candidate) => candidate.message.ts === ts && candidate.blockId === blockId && candidate.actionId === actionId,
    );
    if (button === undefined) throw new Error('The message has changed, and the button is gone.');
    await this.#press(person, button);
  }

  async #command(person: Person, line: string): Promise<void> {
    const { workspace, triggers } = this.#site;
    const name = line.split(/\s/, 1)[0] ?? line;
    const command = workspace.manifest.commands.find((candidate) => candidate.command === name);
    if (command === undefined) return this.#fail(person, `${name} is not a valid command.`);
    const to: Addressee = { person: person.id, channel: workspace.home.id };
    const handles = { responseUrl: this.#urls.issue('commands', to), triggerId: triggers.issue(person.id) };
    const text = commandText(line.slice(name.length), command.shouldEscape, workspace);
    const payload = commandPayload(person, name, text, handles, workspace);
    const delivery = await this.#deliver({ type: 'slash_commands', payload, takesAnswer: true });
    if (delivery.is === 'failed') return this.#fail(person, `${name} failed with the error "${delivery.error}"`);
    this.#showAnswer(person, line, to, delivery.answer);
  }

  /** Shows the answer in a command's acknowledgement, if any; a public answer shows the typed line as well. */
  #showAnswer(person: Person, line: string, to: Addressee, answer: unknown): void {
    const body = typeof answer === 'string' ? { text: answer } : (answer ?? {});
    const isEmpty = isFields(body) && Object.values(body).every((value) => value === '' || value === undefined);
    if (isEmpty) return;
    if (isFields(body) && body.response_type === 'in_channel') this.#say(person, line);
    const { status } = this.#urls.reply(to, body);
    if (status !== 200)
      this.#fail(person, `${line.split(/\s/, 1)[0]} failed with the error "invalid_command_response"`);
  }

  async #press(person: Person, button: Button): Promise<void> {
    const { workspace, triggers, now } = this.#site;
    if (!workspace.manifest.interactive) {
      return this.#fail(person, 'This app is not configured to handle interactive responses.');
    }
    const to: Addressee = { person: person.id, channel: workspace.home.id, source: button.message.ts };
    const handles = { responseUrl: this.#urls.issue('actions', to), triggerId: triggers.issue(person.id) };
    const payload = clickPayload(person, button, (now() / 1000).toFixed(6), handles, workspace);
    const delivery = await this.#deliver({ type: 'interactive', payload, takesAnswer: false });
    if (delivery.is === 'failed') this.#fail(person, `"${button.label}" failed with the error "${delivery.error}"`);
  }

  #deliver(outgoing: Outgoing): Promise<Delivery> {
    return this.#courier.deliver(outgoing);
  }

  #say(person: Person, text: string, threadTs?: string): SlackMessage {
    const author = { id: person.id, name: person.name, isBot: false };
    const thread = threadTs === undefined ? {} : { threadTs };
    return this.#site.timeline.post({ channel: this.#site.workspace.home.id, author, text, blocks: [], ...thread });
  }

  /** Shows the person a Slackbot message and throws the same text. */
  #fail(person: Person, text: string): never {
    const { timeline, workspace } = this.#site;
    timeline.post({ channel: workspace.home.id, author: SLACKBOT, text, blocks: [], ephemeralFor: person.id });
    throw new Error(text);
  }
}
