import { z } from 'zod';
import { limits } from '#lib/model/limits.ts';
import type { AdmissionObject } from '#lib/ports/cluster.ts';
import { isWithinDepth } from './json-text.ts';

const Item = z.looseObject({
  metadata: z.looseObject({
    name: z.string().min(1),
    namespace: z.string().optional(),
    uid: z.string().optional(),
    resourceVersion: z.string().optional(),
  }),
});

/**
 * An object as it was served, with the type that its list has, since items do not repeat it, and
 * without the field that says who wrote which field. A text says what is wrong with it.
 */
export function admissionObject(
  item: unknown,
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
): AdmissionObject | string {
  const parsed = Item.safeParse(item);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return `${issue?.path.join('.') || 'the item'}: ${issue?.message ?? 'malformed'}`;
  }
  const { metadata, ...rest } = parsed.data;
  const { managedFields: _, ...kept } = metadata;
  const object =
    kind === 'Deployment'
      ? { ...startedWith(rest), apiVersion, kind, metadata: identityOf(kept) }
      : { ...rest, apiVersion, kind, metadata: kept };
  if (!isWithinDepth(object)) return `nested deeper than ${limits.jsonDepth} levels`;
  return object as AdmissionObject;
}

const Started = z.object({
  spec: z.object({
    template: z.object({
      spec: z.object({
        containers: z.array(
          z.object({
            name: z.string(),
            image: z.string().optional(),
            args: z.array(z.string()).optional(),
          }),
        ),
      }),
    }),
  }),
});

/** How an engine was started decides what it heeds; nothing else of it is kept, its environment least. */
const startedWith = (object: object): object => Started.safeParse(object).data ?? {};

const identityOf = ({ name, namespace, uid }: Kept) => ({
  name,
  ...(namespace !== undefined && { namespace }),
  ...(uid !== undefined && { uid }),
});
type Kept = Pick<z.infer<typeof Item>['metadata'], 'name' | 'namespace' | 'uid'>;

const Webhooks = z.object({ webhooks: z.array(z.unknown()) });
const Webhook = z.object({
  clientConfig: z.object({
    service: z.object({
      // Nothing else can be the name of a namespace, and it becomes part of a path.
      namespace: z.string().regex(/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/),
      name: z.string(),
    }),
  }),
});

/** The services that webhook configurations among the objects name. */
export const webhookServices = (
  objects: readonly AdmissionObject[],
): readonly { readonly namespace: string; readonly name: string }[] =>
  objects
    .filter(({ kind }) => kind.endsWith('WebhookConfiguration'))
    .flatMap((object) => Webhooks.safeParse(object).data?.webhooks ?? [])
    .flatMap((webhook) => Webhook.safeParse(webhook).data?.clientConfig.service ?? []);

/** What one reading may still hold; it is spent by objects and refunded when a list begins again. */
export interface AdmissionBudget {
  /** False when the object is too much. */
  spend(object: AdmissionObject): boolean;
  /** Takes objects out again. */
  refund(objects: readonly AdmissionObject[]): void;
}

export function createAdmissionBudget(
  most: { readonly objects: number; readonly bytes: number } = {
    objects: limits.admissionObjects,
    bytes: limits.admissionBytes,
  },
): AdmissionBudget {
  let { objects, bytes } = most;
  return {
    spend(object) {
      const size = JSON.stringify(object).length;
      if (objects < 1 || bytes < size) return false;
      objects -= 1;
      bytes -= size;
      return true;
    },
    refund(list) {
      objects += list.length;
      for (const object of list) bytes += JSON.stringify(object).length;
    },
  };
}
