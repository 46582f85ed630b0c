import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Environment, WrongConfig } from '../../src/config/read-config.ts';
import { workerConfig } from '../../src/config/worker-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'registry-ha-traces-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The configuration with these lines for traces. */
function read(lines: string, env: Environment = {}) {
  const path = join(folder, 'worker.yaml');
  writeFileSync(path, `cluster: lab\nredis: { url: redis://127.0.0.1:6379 }\n${lines}`);
  return workerConfig(path, env);
}

function mistakes(act: () => unknown): readonly string[] {
  try {
    act();
    return [];
  } catch (error) {
    if (error instanceof WrongConfig) return error.mistakes;
    throw error;
  }
}

describe('the configuration of traces', () => {
  it('has none unless a collector is named', () => {
    expect(read('').traces).toBeUndefined();
    expect(read('').otlpHeaders).toEqual({});
  });

  it('takes the collector from the file or from the environment', () => {
    expect(read('traces: { otlp: http://127.0.0.1:4318 }\n').traces?.otlp).toBe('http://127.0.0.1:4318');
    const env = { REGISTRY_HA_TRACES_OTLP: 'https://traces.example.com/tenant' };
    expect(read('', env).traces?.otlp).toBe('https://traces.example.com/tenant');
  });

  it.each([
    ['127.0.0.1:4318', /write the address of the collector as http:\/\/host:4318/],
    ['grpc://127.0.0.1:4317', /write the address of the collector/],
    ['http://127.0.0.1:4318/v1/traces', /leave out \/v1\/traces/],
    ['http://me:hunter22@127.0.0.1:4318', /remove user and password: .*REGISTRY_HA_OTLP_HEADERS_FILE/],
    ['http://127.0.0.1:4318?token=hunter22', /remove what follows \?/],
  ])('explains what is wrong with %s, without its secrets', (otlp, says) => {
    const [first, ...others] = mistakes(() => read(`traces: { otlp: "${otlp}" }\n`));
    expect(first).toMatch(/^traces\.otlp: /);
    expect(first).toMatch(says);
    expect(first).not.toContain('hunter22');
    expect(others).toEqual([]);
  });

  it('explains a missing address and an unknown key', () => {
    expect(mistakes(() => read('traces: {}\n'))).toEqual(['traces.otlp: missing; write text.']);
    expect(mistakes(() => read('traces: { otlp: "http://a:1", header: x }\n'))[0]).toMatch(
      /^traces: unknown key “header”/,
    );
  });

  it('reads headers from a file, one on each line', () => {
    const path = join(folder, 'headers');
    writeFileSync(path, 'Authorization: Bearer of-the-test\r\n\nX-Scope-OrgID: 7\n');
    expect(read('', { REGISTRY_HA_OTLP_HEADERS_FILE: path }).otlpHeaders).toEqual({
      Authorization: 'Bearer of-the-test',
      'X-Scope-OrgID': '7',
    });
  });

  it('explains a line that is no header, and never shows it', () => {
    for (const line of ['Authorization Bearer hunter22', 'Authorization:', 'a b: hunter22', 'X: hunter22\u0000']) {
      const [first, ...others] = mistakes(() => read('', { REGISTRY_HA_OTLP_HEADERS: `X-Tenant: 7\n${line}` }));
      expect(first).toMatch(/^REGISTRY_HA_OTLP_HEADERS: line 2 is no header\. Write each one on its own line/);
      expect(first).not.toContain('hunter22');
      expect(others).toEqual([]);
    }
  });
});
