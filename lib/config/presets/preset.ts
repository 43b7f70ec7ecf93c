import { z } from 'zod';

/** An authority as a preset writes it: keys of the configuration, read like those of an operator. */
export type PresetAuthority = {
  readonly images: readonly string[];
  readonly tlog?: 'required' | 'ignored';
} & (
  | {
      readonly keyless: {
        readonly trustRoot?: string;
        readonly identities: readonly Readonly<Record<string, unknown>>[];
      };
    }
  | { readonly key: { readonly data: string } }
);

/** What an entry of the configuration says beside the name of its preset. */
export type PresetReading =
  | { readonly ok: true; readonly authority: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly issues: readonly z.core.$ZodIssue[] };

/** A setting of a preset, as documentation lists it. */
export interface PresetParameter {
  readonly name: string;
  readonly meaning: string;
  readonly required: boolean;
}

/** An authority that somebody else's documentation describes. It is off until an entry names it. */
export interface Preset {
  readonly name: string;
  /** Whose signatures, in a few words. */
  readonly title: string;
  readonly documents: readonly string[];
  /** The day on which the documents were read, `YYYY-MM-DD`. */
  readonly readOn: string;
  /** Facts that no document confirms, a sentence each. */
  readonly unconfirmed: readonly string[];
  readonly parameters: readonly PresetParameter[];
  read(entry: unknown): PresetReading;
}

interface Definition<Shape extends z.ZodRawShape>
  extends Omit<Preset, 'parameters' | 'read' | 'unconfirmed'> {
  readonly unconfirmed?: readonly string[];
  /** Settings of its own; each says in its description what it means. */
  readonly parameters: Shape;
  readonly expand: (values: z.output<z.ZodObject<Shape>>) => PresetAuthority;
}

/** Keys of an authority that an operator may write beside any preset. */
const written = {
  name: z.unknown().optional(),
  images: z.unknown().optional(),
  attestations: z.unknown().optional(),
};

/** Makes a preset whose settings are checked; one it does not know is an issue that names the key. */
export function definePreset<Shape extends z.ZodRawShape>({
  parameters,
  expand,
  ...facts
}: Definition<Shape>): Preset {
  const own = z.object(parameters);
  const known = z.strictObject({ preset: z.literal(facts.name), ...written, ...parameters });
  return {
    unconfirmed: [],
    ...facts,
    parameters: Object.entries(parameters).map(([name, schema]) => ({
      name,
      meaning: z.globalRegistry.get(schema)?.description ?? '',
      required: !z.safeParse(schema, undefined).success,
    })),
    read(entry) {
      const checked = known.safeParse(entry);
      if (!checked.success) return { ok: false, issues: checked.error.issues };
      const { name = facts.name, images, attestations } = z.object(written).parse(entry);
      const authority = expand(own.parse(entry));
      return {
        ok: true,
        authority: {
          ...authority,
          name,
          ...(images !== undefined && { images }),
          ...(attestations !== undefined && { attestations }),
        },
      };
    },
  };
}

/** A text as an RE2 that matches it and nothing else. */
export const quoted = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
