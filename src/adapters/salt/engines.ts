import { z } from 'zod';
import type { EngineFacts } from '../../domain/cluster/facts.ts';
import { ENGINE_REGISTRY } from '../../domain/cluster/registry.ts';
import { classifyValue } from './classify.ts';
import { documents } from './documents.ts';
import { jsonOf } from './parse.ts';

const infoSchema = z.object({
  config: z.object({
    registry: z
      .object({
        configPath: z.string().nullish(),
        mirrors: z.record(z.string(), z.object({ endpoint: z.array(z.string()).nullish() })).nullish(),
      })
      .nullish(),
  }),
});

/** Parses `crictl info`, run by Salt's cmd.run on a node; `undefined` when the minion did not answer. */
export function engineFacts(node: string, value: unknown): EngineFacts {
  if (isSilence(value)) return { node, is: 'silent', says: `The minion of ${node} did not answer.` };
  const text = typeof value === 'string' ? value : jsonOf(value);
  // cmd.run includes stderr, so crictl's warnings precede the JSON.
  const info = documents(text)
    .map((one) => infoSchema.safeParse(one).data)
    .find((one) => one !== undefined);
  if (info === undefined) {
    const words = text.trim().slice(0, 300).toWellFormed();
    const says = `\`crictl info\` on ${node} gave no answer that can be read. ${words === '' ? 'It printed nothing.' : `It says: ${words}`}`;
    return { node, is: 'no-answer', says };
  }
  const { configPath, mirrors } = info.config.registry ?? {};
  const unsupported = (says: string): EngineFacts => ({ node, is: 'other-layout', says });
  if (configPath) return unsupported(`it reads its mirrors from the folder ${configPath}, an unsupported layout.`);
  const endpoints = mirrors?.[ENGINE_REGISTRY]?.endpoint;
  if (!endpoints) return unsupported(`it reports no mirrors for ${ENGINE_REGISTRY}, an unsupported layout.`);
  return { node, is: 'known', endpoints };
}

/** `salt` prints false for a silent minion with some options, else a sentence. */
const isSilence = (value: unknown): boolean =>
  value === undefined ||
  value === false ||
  (typeof value === 'string' && classifyValue(value, 'anything').is === 'no-return');
