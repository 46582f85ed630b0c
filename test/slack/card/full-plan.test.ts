import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateBlocks } from '../../../sandbox/slack/blocks/validate-blocks.ts';
import { renderNamed, scriptsOf } from '../../../src/domain/plan/scripts.ts';
import { fullPlan } from '../../../src/slack/plan/full-plan.ts';
import { expectGolden } from '../../fixtures/golden.ts';
import { CASES } from '../card-cases.ts';
import { changeOf, planned, requested } from '../card-events.ts';
import { largePlan } from '../large-plan.ts';

/** Bytes: views.open, `view_too_large`. */
const SLACKS_LIMIT = 250_000;

function large(nodes: number, archives: number, nameLength = 0) {
  const { intent, plan } = largePlan(nodes, archives, nameLength);
  const view = fullPlan(changeOf([requested(intent), planned(plan)]));
  if (view === null) throw new Error('there is no plan');
  return view;
}

describe('the full plan', () => {
  it('shows every step with every command, exactly as it is sent', () => {
    const view = CASES['planned'];
    if (view === undefined) throw new Error('there is a planned case');
    const drawn = JSON.stringify(fullPlan(view.change)?.blocks);
    const steps = view.change.plan?.approved.steps ?? [];
    const scripts = scriptsOf(steps);
    const asJson = (text: string) => JSON.stringify(text).slice(1, -1);
    for (const step of steps) {
      expect(drawn).toContain(step.says);
      for (const { on, command } of step.commands) {
        expect(drawn).toContain(asJson(`on ${on}: ${renderNamed(command, scripts)}`));
      }
    }
    // Each script is shown once below the steps; commands use its name.
    expect(scripts.size).toBeGreaterThan(0);
    for (const [text, name] of scripts) {
      expect(drawn).toContain(`"${name}:"`);
      expect(drawn).toContain(`"text":"${asJson(text)}"`);
    }
  });

  it('has the words that were read by a person', () => {
    const change = CASES['planned']?.change;
    expectGolden('cards/full-plan', change === undefined ? null : fullPlan(change));
  });

  it('names every new host key, also for 40 nodes', () => {
    const shown = JSON.stringify(large(40, 3).blocks);
    for (let n = 1; n <= 40; n += 1) expect(shown).toContain(`SHA256:storage-node-${n}.region`);
  });

  it('fits into a modal, whatever its size', () => {
    const size = fc.record({
      nodes: fc.integer({ min: 1, max: 40 }),
      archives: fc.integer({ min: 1, max: 30 }),
      name: fc.integer({ min: 0, max: 253 }),
    });
    fc.assert(
      fc.property(size, ({ nodes, archives, name }) => {
        const view = large(nodes, archives, name);
        expect(validateBlocks('modal', view.blocks)).toEqual([]);
        expect(view.blocks.length).toBeLessThanOrEqual(100);
        expect(Buffer.byteLength(JSON.stringify(view))).toBeLessThanOrEqual(SLACKS_LIMIT);
        expect(JSON.stringify(view.blocks)).not.toContain('too large');
      }),
      { numRuns: 15, examples: [[{ nodes: 40, archives: 30, name: 253 }], [{ nodes: 40, archives: 10, name: 0 }]] },
    );
  });

  it('is nothing without a plan', () => {
    const change = CASES['requested']?.change;
    expect(change === undefined ? 'no case' : fullPlan(change)).toBe(null);
  });
});
