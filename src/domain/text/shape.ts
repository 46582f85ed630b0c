import { z } from 'zod';

/** What a schema reads, as the code has it: nothing of it can be written to. */
export type Data<S extends z.ZodType> = Unwritable<z.output<S>>;

type Unwritable<T> = { readonly [K in keyof T]: Unwritable<T[K]> };

/** A moment as records have it: ISO text with its offset. */
export const isoTime = z.iso.datetime({ offset: true });
