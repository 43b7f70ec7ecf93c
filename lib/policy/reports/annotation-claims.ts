import { z } from 'zod';
import type { AnnotationClaim } from '#lib/model/engine-report.ts';
import { limits } from '#lib/model/limits.ts';
import type { TextMap } from '#lib/policy/object.ts';

const plain = 'kyverno.io/verify-images';
const scoped = 'kyverno.io/verify-images-scoped';

const Statuses = z.record(z.string(), z.string());
/** Early versions wrote true and false. */
const Plain = z.record(z.string(), z.union([z.string(), z.boolean().transform(String)]));
const Scoped = z.looseObject({
  version: z.literal(1),
  policies: z.record(z.string(), z.record(z.string(), Statuses)),
});

/** What Kyverno's annotations claim, and why one of them cannot be read. */
export interface ClaimsRead {
  readonly claims: readonly AnnotationClaim[];
  readonly problems: readonly string[];
}

/**
 * Reads what a pod's annotations claim about its images. They are claims and never facts: whoever may
 * write a pod past the webhook may write them.
 */
export function readAnnotationClaims(annotations: TextMap): ClaimsRead {
  const parts = [
    readClaims(annotations, plain, Plain, (images) => claimsOf(plain, images, {})),
    readClaims(annotations, scoped, Scoped, ({ policies }) =>
      Object.entries(policies).flatMap(([policy, rules]) =>
        Object.entries(rules).flatMap(([rule, images]) =>
          claimsOf(scoped, images, { policy, rule }),
        ),
      ),
    ),
  ];
  return {
    claims: parts.flatMap(({ claims }) => claims).slice(0, limits.reportResults),
    problems: parts.flatMap(({ problems }) => problems),
  };
}

const claimsOf = (
  annotation: string,
  images: Readonly<Record<string, string>>,
  by: { readonly policy?: string; readonly rule?: string },
): readonly AnnotationClaim[] =>
  Object.entries(images).map(([image, status]) => ({ annotation, ...by, image, status }));

function readClaims<T>(
  annotations: TextMap,
  name: string,
  schema: z.ZodType<T>,
  claims: (value: T) => readonly AnnotationClaim[],
): ClaimsRead {
  const text = Object.hasOwn(annotations, name) ? annotations[name] : undefined;
  if (text === undefined) return { claims: [], problems: [] };
  const parsed = schema.safeParse(jsonOf(text));
  return parsed.success
    ? { claims: claims(parsed.data), problems: [] }
    : { claims: [], problems: [`${name} is not what Kyverno writes`] };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
