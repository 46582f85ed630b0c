import { z } from 'zod';
import type { Courier } from '../delivery/delivery.ts';
import { type Fields, isFields, textOf } from '../json.ts';
import type { Person } from '../local-slack-types.ts';
import type { Site } from '../site/site.ts';
import { enteredValue, inputsOf, isEntered, type OpenView } from '../site/views.ts';
import { personNamed } from '../site/workspace.ts';
import { choicePayload, submissionPayload } from './payloads.ts';

/** What Slack shows in a modal whose submission was not answered as it wants. */
const TROUBLE = 'We had some trouble connecting. Try again?';

/** The answers to a submission that are imitated ("View submissions", `response_action`). */
const Answered = z.union([
  z.literal(''),
  z.undefined(),
  z.strictObject({}),
  z.strictObject({ response_action: z.literal('clear') }),
  z.strictObject({ response_action: z.literal('errors'), errors: z.record(z.string(), z.string().min(1)) }),
]);

/** What people enter in modals, and the submission. */
export class Forms {
  readonly #site: Site;
  readonly #courier: Courier;

  constructor(site: Site, courier: Courier) {
    this.#site = site;
    this.#courier = courier;
  }

  /** Fills in the field with this label. */
  async fill(personName: string, label: string, words: string): Promise<void> {
    const person = personNamed(this.#site.workspace, personName);
    const view = this.#newest(person);
    const inputs = inputsOf(view.view);
    const found = inputs.find(({ block }) => labelOf(block).toLowerCase() === label.trim().toLowerCase());
    if (found === undefined) {
      const labels = inputs.map(({ block }) => labelOf(block)).join(', ');
      throw new Error(`The modal has no field "${label}". Fields: ${labels === '' ? 'none' : labels}.`);
    }
    await this.#enter(person, view, found, words);
  }

  /** The same, by IDs. */
  async fillBlock(personName: string, id: string, blockId: string, words: string): Promise<void> {
    const person = personNamed(this.#site.workspace, personName);
    const view = this.#viewOf(person, id);
    const found = inputsOf(view.view).find(({ block }) => block.block_id === blockId);
    if (found === undefined) throw new Error('The modal has changed, and the field is gone.');
    await this.#enter(person, view, found, words);
  }

  async submit(personName: string, id?: string): Promise<void> {
    const { workspace, triggers, views } = this.#site;
    const person = personNamed(workspace, personName);
    const view = id === undefined ? this.#newest(person) : this.#viewOf(person, id);
    const missing = missingIn(view);
    if (missing !== undefined) return this.#explain(view, { [missing]: 'Please complete this required field.' });
    const payload = submissionPayload(person, view, triggers.issue(person.id), workspace);
    const delivery = await this.#courier.deliver({ type: 'interactive', payload, takesAnswer: true });
    const answered = Answered.safeParse(delivery.is === 'acked' ? (delivery.answer ?? undefined) : null);
    if (!answered.success) return this.#explain(view, { '': TROUBLE });
    const { data } = answered;
    if (typeof data === 'object' && 'errors' in data) return this.#explain(view, errorsFor(view, data.errors));
    views.close(view);
    this.#site.timeline.touch();
  }

  close(personName: string, id: string): void {
    this.#site.views.close(this.#viewOf(personNamed(this.#site.workspace, personName), id));
    this.#site.timeline.touch();
  }

  async #enter(person: Person, before: OpenView, { block, element }: Input, words: string): Promise<void> {
    const { workspace, triggers, views, timeline, now } = this.#site;
    const [block_id, action_id] = [textOf(block.block_id) ?? '', textOf(element.action_id) ?? ''];
    const value = enteredValue(element, words);
    const view = views.enter(before, block_id, action_id, value);
    timeline.touch();
    if (block.dispatch_action !== true) return;
    const action = { ...value, block_id, action_id, action_ts: (now() / 1000).toFixed(6) };
    const payload = choicePayload(person, view, action, triggers.issue(person.id), workspace);
    const delivery = await this.#courier.deliver({ type: 'interactive', payload, takesAnswer: false });
    if (delivery.is === 'failed') this.#explain(view, { '': TROUBLE });
  }

  #explain(view: OpenView, errors: OpenView['errors']): void {
    this.#site.views.explain(this.#site.views.find(view.id) ?? view, errors);
    this.#site.timeline.touch();
  }

  #newest({ id, name }: Person): OpenView {
    const view = this.#site.views.newestOf(id);
    if (view === undefined) throw new Error(`${name} has no open modal.`);
    return view;
  }

  #viewOf(person: Person, id: string): OpenView {
    const view = this.#site.views.find(id);
    if (view === undefined || view.person !== person.id || !view.isOpen) throw new Error('The modal is closed.');
    return view;
  }
}

type Input = ReturnType<typeof inputsOf>[number];

const labelOf = ({ label }: Fields): string => (isFields(label) ? (textOf(label.text) ?? '') : '');

/** The first required input without a value; Slack's client does not send such a form. */
function missingIn({ view, values }: OpenView): string | undefined {
  const missing = inputsOf(view).find(({ block, element }) => {
    const value = values[textOf(block.block_id) ?? '']?.[textOf(element.action_id) ?? ''];
    return block.optional !== true && !isEntered(value);
  });
  return textOf(missing?.block.block_id);
}

/** Slack takes explanations only for input blocks of this view. */
function errorsFor({ view }: OpenView, errors: Readonly<Record<string, string>>): OpenView['errors'] {
  const known = new Set(inputsOf(view).map(({ block }) => block.block_id));
  const isRight = Object.keys(errors).length > 0 && Object.keys(errors).every((block) => known.has(block));
  return isRight ? errors : { '': TROUBLE };
}
