import { describe, expect, it } from 'vitest';
import {
  isNameProblem,
  isSubsetName,
  type NameAttributes,
  parseDistinguishedName,
} from './distinguished-name.ts';

const parsed = (text: string): NameAttributes => {
  const name = parseDistinguishedName(text);
  if (isNameProblem(name)) throw new TypeError(name.problem);
  return name;
};

describe('parseDistinguishedName', () => {
  it.each([
    ['in order', 'C=US,ST=WA,O=acme'],
    ['in another order and with blanks', ' O = acme , ST = WA ; C = US '],
    ['with S for the state', 'C=US,S=WA,O=acme'],
  ])('reads a name %s', (_, text) => {
    expect(Object.fromEntries(parsed(text))).toEqual({ C: 'US', ST: 'WA', O: 'acme' });
  });

  it.each([
    ['a comma', String.raw`acme\, inc`, 'acme, inc'],
    ['a backslash', String.raw`acme\\inc`, String.raw`acme\inc`],
    ['a plus sign', String.raw`a\+b`, 'a+b'],
    ['a blank at the end', String.raw`acme\ `, 'acme '],
    ['an equals sign', 'a=b', 'a=b'],
    ['UTF-8 in hexadecimal', String.raw`caf\c3\a9`, 'café'],
    ['characters beyond ASCII', 'café 😀', 'café 😀'],
  ])('reads %s in a value', (_, written, value) => {
    expect(parsed(`C=US,ST=WA,O=${written}`).get('O')).toBe(value);
  });

  it.each([
    ['no state', 'C=US,O=acme', /ST is missing/],
    ['no organisation', 'C=US,ST=WA', /O is missing/],
    ['an empty country', 'C=,ST=WA,O=acme', /C is missing/],
    ['types in lower case', 'c=US,st=WA,o=acme', /C, ST, O is missing/],
    ['an attribute twice', 'C=US,ST=WA,O=acme,O=other', /O occurs twice/],
    ['S beside ST', 'C=US,ST=WA,S=WA,O=acme', /ST occurs twice/],
    ['two values in one', 'C=US,ST=WA,O=acme+OU=build', /several values/],
    ['a value in hexadecimal BER', 'C=US,ST=WA,O=#0c0461636d65', /hexadecimal/],
    ['a part without a type', 'C=US,ST=WA,O=acme,build', /TYPE=value/],
    ['nothing', '', /TYPE=value/],
    ['a wrong escape', String.raw`C=US,ST=WA,O=ac\me`, /wrong escape/],
    ['bytes that are no text', String.raw`C=US,ST=WA,O=\ff`, /wrong escape/],
  ])('refuses %s', (_, text, problem) => {
    expect(parseDistinguishedName(text)).toEqual({ problem: expect.stringMatching(problem) });
  });
});

it('isSubsetName knows when one name says no more than another', () => {
  const small = parsed('C=US,ST=WA,O=acme');
  const large = parsed('C=US,ST=WA,O=acme,OU=build');
  expect([isSubsetName(small, large), isSubsetName(large, small)]).toEqual([true, false]);
  expect(isSubsetName(small, parsed('C=US,ST=WA,O=Acme'))).toBe(false);
});
