import type { PolicyImages } from './policy-images.ts';
import type { PolicySet } from './policy-set.ts';

export const kyvernoSets = (_planted: PolicyImages): readonly PolicySet[] => [];
