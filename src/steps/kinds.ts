import type { StepKind, StepOf } from '../domain/plan/step.ts';
import { copy } from './kinds/copy.ts';
import { deploy } from './kinds/deploy.ts';
import { arm } from './kinds/drill/arm.ts';
import { outage } from './kinds/drill/outage.ts';
import { serves } from './kinds/drill/serves.ts';
import { engines } from './kinds/engines.ts';
import { mount } from './kinds/mount.ts';
import { otherVersion } from './kinds/other-version.ts';
import { proveDeleted } from './kinds/prove-deleted.ts';
import { proveUndone } from './kinds/prove-undone.ts';
import { ready } from './kinds/ready.ts';
import { removeCopy } from './kinds/remove-copy.ts';
import { solutions } from './kinds/solutions.ts';
import { unconfigure } from './kinds/unconfigure.ts';
import { unmount } from './kinds/unmount.ts';
import { verify } from './kinds/verify.ts';
import { withdraw } from './kinds/withdraw.ts';
import type { StepPlug } from './world/step-plug.ts';

/** Every kind of step, one line each. The type of steps and the schema that reads them follow from this table. */
export const STEP_KINDS = {
  copy,
  mount,
  solutions,
  'other-version': otherVersion,
  deploy,
  ready,
  engines,
  verify,
  withdraw,
  unmount,
  unconfigure,
  'remove-copy': removeCopy,
  'prove-undone': proveUndone,
  'prove-deleted': proveDeleted,
  serves,
  arm,
  outage,
};

type Kinds = typeof STEP_KINDS;

/** The steps of each kind; src/domain/plan/step.ts derives the type `Step` from them. */
export type StepsByKind = { readonly [K in keyof Kinds]: Kinds[K] extends StepPlug<infer S> ? S : never };

/** Compiles only if each key is the name of its kind. */
const PLUGS: { readonly [K in StepKind]: StepPlug<StepOf<K>> } = STEP_KINDS;

/** The implementation of a step kind; pass it only steps of that kind. */
export const plugOf = <K extends StepKind>(kind: K): StepPlug<StepOf<K>> => PLUGS[kind];
