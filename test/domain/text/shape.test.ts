import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { type Data, type Drift, schemaOf } from '../../../src/domain/text/shape.ts';

interface Shown {
  readonly text: string;
  readonly note?: string;
}

type Event = { readonly at: string } & (
  | { readonly type: 'said'; readonly shown: readonly Shown[] }
  | { readonly type: 'done'; readonly unit: 'bytes' | 'nodes' }
);

const shown = z.strictObject({ text: z.string(), note: z.string().exactOptional() });
const said = z.strictObject({ at: z.string(), type: z.literal('said'), shown: z.array(shown) });
const done = z.strictObject({ at: z.string(), type: z.literal('done'), unit: z.enum(['bytes', 'nodes']) });
const event = z.discriminatedUnion('type', [said, done]);

describe('a type and a schema that are written beside each other', () => {
  it('compile as long as both know the same', () => {
    expect(schemaOf<Event>()(event)).toBe(event);
    expectTypeOf<Drift<Event, z.output<typeof event>>>().toEqualTypeOf<never>();
  });

  it('differ by an optional member that the schema does not know, and the compiler names it', () => {
    type More = Shown & { readonly planted?: number };
    expectTypeOf<Drift<More, z.output<typeof shown>>>().toEqualTypeOf<`.planted?=${number}`>();
  });

  it('differ by a member of one event, though another event has one of that name', () => {
    const more = z.discriminatedUnion('type', [said, done.extend({ shown: z.array(shown) })]);
    type Known = `.done.shown[].${'text' | 'note?'}=${string}`;
    expectTypeOf<Drift<Event, z.output<typeof more>>>().toEqualTypeOf<Known>();
  });

  it('differ by what one of them demands and the other leaves out', () => {
    const strict = z.strictObject({ text: z.string(), note: z.string() });
    expectTypeOf<Drift<Shown, z.output<typeof strict>>>().toEqualTypeOf<`.note${'?' | ''}=${string}`>();
  });

  it('differ by a value of a closed list', () => {
    const short = z.discriminatedUnion('type', [said, done.extend({ unit: z.enum(['bytes']) })]);
    expectTypeOf<Drift<Event, z.output<typeof short>>>().toEqualTypeOf<'.done.unit=nodes'>();
  });
});

describe('the type of what a schema reads', () => {
  it('is the schema’s own, and cannot be written to at any depth', () => {
    expectTypeOf<Data<typeof shown>>().toEqualTypeOf<Shown>();
    expectTypeOf<Data<typeof said>['shown']>().toEqualTypeOf<readonly Shown[]>();
  });
});
