import { ADAPTERS } from './list/adapters.ts';
import { APP } from './list/app.ts';
import { DOMAIN } from './list/domain.ts';
import { DRILLS } from './list/drill.ts';
import { STEPS } from './list/steps.ts';
import { TERMINAL } from './list/terminal.ts';
import type { Mutant } from './mutant.ts';

/** Every mutant: first those that once survived all tests of the project, room by room. */
export const MUTANTS: readonly Mutant[] = [...DOMAIN, ...STEPS, ...APP, ...ADAPTERS, ...DRILLS, ...TERMINAL];
