import type { ObjectReference } from './policy.ts';

/** What an engine says of one object under one rule; `unstated` where it wrote no result. */
export const engineResults = ['pass', 'fail', 'warn', 'error', 'skip', 'unstated'] as const;
export type EngineResult = (typeof engineResults)[number];

/** What a result is about, as far as the report says. */
export interface ReportedResource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly uid?: string;
}

/** One result of an engine, of whatever report. Its texts were written by others: shown as text only. */
export interface ReportedResult {
  /** Engine or tool, as it names itself: `kyverno`, `KyvernoImageValidatingPolicy`, `gatekeeper`. */
  readonly source: string;
  readonly policy: string;
  readonly rule?: string;
  readonly result: EngineResult;
  readonly message: string;
  /** ISO 8601. */
  readonly at?: string;
  readonly resources: readonly ReportedResource[];
  readonly properties: Readonly<Record<string, string>>;
}

/** A report of an engine: its results, and whether they are all that there were. */
export interface EngineReport {
  readonly reference: ObjectReference;
  readonly results: readonly ReportedResult[];
  /** Results in the document, also those that were not looked at. */
  readonly total: number;
  /** Where the report's own summary counts otherwise, or results are missing: a sentence each. */
  readonly notes: readonly string[];
}

/** What a pod's annotation claims about an image: whoever may write pods may write it, so it proves nothing. */
export interface AnnotationClaim {
  readonly annotation: string;
  readonly policy?: string;
  readonly rule?: string;
  readonly image: string;
  readonly status: string;
}
