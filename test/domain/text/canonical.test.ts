import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/domain/text/canonical.ts';

describe('canonical JSON', () => {
  it('gives one text for one value, whatever the order of its members', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'é\n' }], a: true })).toBe('{"a":true,"b":[1,{"c":"é\\n","d":null}]}');
  });

  it('reads back as the same value, and is the same text again', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });

  it.each([
    ['undefined', undefined],
    ['a member that is undefined', { a: undefined }],
    ['a hole in a list', Array(1)],
    ['NaN', Number.NaN],
    ['infinity', { a: [Number.POSITIVE_INFINITY] }],
    ['a bigint', 1n],
    ['a date', new Date(0)],
    ['a function', () => 1],
    ['half a letter', '\ud800'],
  ])('rejects %s, which has no single form', (_what, value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });

  it('keeps a member named __proto__, so that the signature covers it', () => {
    expect(canonicalJson(JSON.parse('{"__proto__":{"a":1},"b":2}'))).toBe('{"__proto__":{"a":1},"b":2}');
  });
});

/** The number with these eight IEEE 754 bytes. */
const numberOf = (bits: string): number => Buffer.from(bits, 'hex').readDoubleBE();

describe('canonical JSON is that of RFC 8785:', () => {
  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('appendix B, the number %s is %s', (bits, text) => {
    expect(canonicalJson(numberOf(bits))).toBe(text);
  });

  it.each(['7fffffffffffffff', '7ff0000000000000'])('appendix B, %s has no text', (bits) => {
    expect(() => canonicalJson(numberOf(bits))).toThrow(TypeError);
  });

  it('section 3.2.2, numbers, text and literals', () => {
    const given = String.raw`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`;
    const text = String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`;
    expect(canonicalJson(JSON.parse(given))).toBe(text);
  });

  it('section 3.2.3, members by the UTF-16 code units of their names', () => {
    const names = ['€', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', 'ö'];
    const text = canonicalJson(Object.fromEntries(names.map((name) => [name, 0])));
    const inOrder = ['\r', '1', '\u0080', 'ö', '€', '\ud83d\ude00', '\ufb33'];
    expect(text).toBe(`{${inOrder.map((name) => `${JSON.stringify(name)}:0`).join(',')}}`);
  });
});
