import { describe, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import type { Data } from '../../../src/domain/text/shape.ts';

interface Shown {
  readonly text: string;
  readonly note?: string;
}

const shown = z.strictObject({ text: z.string(), note: z.string().exactOptional() });
const said = z.strictObject({ at: z.string(), type: z.literal('said'), shown: z.array(shown) });

describe('the type of what a schema reads', () => {
  it('is the schema’s own, and cannot be written to at any depth', () => {
    expectTypeOf<Data<typeof shown>>().toEqualTypeOf<Shown>();
    expectTypeOf<Data<typeof said>['shown']>().toEqualTypeOf<readonly Shown[]>();
  });
});
