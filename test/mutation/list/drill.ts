import type { Mutant } from '../mutant.ts';

const DRILL = ['test/steps/kinds/drill-steps.test.ts'];
const PLAN = ['test/domain/verbs/drill/plan.test.ts'];
const CHANGE = ['test/app/apply/drill-change.test.ts'];
const HALF = ['test/app/worker/half-drill.test.ts'];
const SALT = ['test/contract/kube-on-sandbox.test.ts'];

/** A drill: the bootstrap’s registry comes back, nothing is claimed that was not seen, and no outage is repeated. */
export const DRILLS: readonly Mutant[] = [
  {
    name: 'a drill takes the registry away although its switch is not armed',
    file: 'src/steps/kinds/drill/outage.ts',
    find: "if (armed.is === 'satisfied') return;",
    replace: 'return;',
    tests: DRILL,
  },
  {
    name: 'a drill does not arm its switch again when little of its time is left',
    file: 'src/steps/kinds/drill/outage.ts',
    find: "if ((await isArmed(step, world, signal)).is === 'satisfied') return;",
    replace: "if ((await isArmed({ ...step, leastSeconds: 1 }, world, signal)).is === 'satisfied') return;",
    tests: DRILL,
  },
  {
    name: 'a switch of another drill counts as armed',
    file: 'src/steps/kinds/drill/arm.ts',
    find: 'if (armed.aside !== aside)',
    replace: 'if (armed.aside === null)',
    tests: DRILL,
  },
  {
    name: 'a failed pull leaves the registry away',
    file: 'src/steps/kinds/drill/outage.ts',
    find: '  await back(step, world, signal);\n  const awaySeconds',
    replace: '  if (end === null) await back(step, world, signal);\n  const awaySeconds',
    tests: DRILL,
  },
  {
    name: 'a stop of the worker keeps the registry away',
    file: 'src/steps/kinds/drill/outage.ts',
    find: 'await putManifestBack(step, tools, limitMs, new AbortController().signal);',
    replace: 'await putManifestBack(step, tools, limitMs, signal);',
    tests: DRILL,
  },
  {
    name: 'a pull proves something although the manifest came back meanwhile',
    file: 'src/steps/kinds/drill/away.ts',
    find: 'if (!hasManifest) return;',
    replace: 'return;',
    tests: DRILL,
  },
  {
    name: 'a registry counts as back while it is not known',
    file: 'src/steps/world/drill-switch.ts',
    find: 'if (aside.includes(away.aside)) return',
    replace: 'if (aside.length > 9) return',
    tests: DRILL,
  },
  {
    name: 'a drill that was done is done again after an interruption',
    file: 'src/steps/kinds/drill/outage.ts',
    find: "if (drilled === undefined) return unsatisfied('The drill has not been done.');",
    replace: "if (drilled !== null) return unsatisfied('The drill has not been done.');",
    tests: [...DRILL, ...CHANGE],
  },
  {
    name: 'the switch is armed again after the drill',
    file: 'src/steps/kinds/drill/arm.ts',
    find: 'world.drilled === undefined',
    replace: 'world.drilled !== null',
    tests: [...DRILL, ...CHANGE],
  },
  {
    name: 'what a drill did is not in the journal',
    file: 'src/app/apply/run-steps.ts',
    find: ', ...drilledIn(proof) };',
    replace: ' };',
    tests: CHANGE,
  },
  {
    name: 'a drill begins while another registry is not Ready',
    file: 'src/domain/verbs/drill/guards.ts',
    find: '!kube.endpoints.ready.includes(ip) ||',
    replace: '',
    tests: PLAN,
  },
  {
    name: 'a drill begins while an earlier one has not ended',
    file: 'src/domain/verbs/drill/guards.ts',
    find: 'if (armed !== null && armed.aside !== own)',
    replace: 'if (armed !== null && armed.aside === own)',
    tests: PLAN,
  },
  {
    name: 'a drill begins while a manifest is still away',
    file: 'src/domain/verbs/drill/guards.ts',
    find: 'if (aside === undefined) return null;',
    replace: 'return null;',
    tests: PLAN,
  },
  {
    name: 'a drill begins although an engine does not list a registry',
    file: 'src/domain/verbs/drill/guards.ts',
    find: 'return together(unlisted);',
    replace: 'return null;',
    tests: PLAN,
  },
  {
    name: 'a worker begins jobs while a drilled registry is away',
    file: 'src/app/worker/half-drill.ts',
    find: 'if (first === undefined) return null;',
    replace: 'return null;',
    tests: HALF,
  },
  {
    name: 'an interrupted drill stays open for ever',
    file: 'src/app/worker/half-drill.ts',
    find: '=== null) return;\n',
    replace: '!== undefined) return;\n',
    tests: HALF,
  },
  {
    name: 'Salt folds the lines of a command',
    file: 'src/adapters/salt/salt.ts',
    find: 'asYaml(render(line))',
    replace: 'render(line)',
    tests: SALT,
  },
];
