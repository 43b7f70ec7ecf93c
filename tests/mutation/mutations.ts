import { binding } from './binding-mutations.ts';
import { certificates } from './certificate-mutations.ts';
import { notation } from './notation-mutations.ts';
import { searching } from './search-mutations.ts';
import { transparency } from './transparency-mutations.ts';

/**
 * One fault that is planted: the text in the file becomes another. The text must be there exactly
 * once; where the code has moved on, the list must follow.
 */
export type Mutation = readonly [file: string, from: string, to: string];

/** Every rule that decides about "verified" or "unsigned", broken once. */
export const mutations: readonly Mutation[] = [
  ...binding,
  ...transparency,
  ...certificates,
  ...notation,
  ...searching,
];
