import type { EngineReport } from '#lib/model/engine-report.ts';
import type { Constraint } from './constraint.ts';

/** The violations that an audit left at a constraint, in the form of a report, with what it left out. */
export function violationsReport({ head, status }: Constraint): EngineReport {
  const { kind, name } = head.reference;
  const results = status.violations.map((violation) => {
    const { group = '', version = '', namespace } = violation;
    return {
      source: 'gatekeeper',
      policy: name,
      rule: kind,
      result: 'fail' as const,
      message: violation.message,
      ...(status.auditedAt !== undefined && { at: status.auditedAt }),
      resources: [
        {
          apiVersion: [group, version].filter(Boolean).join('/'),
          kind: violation.kind,
          ...(namespace !== undefined && { namespace }),
          name: violation.name,
        },
      ],
      properties:
        violation.enforcementAction === undefined
          ? {}
          : { enforcementAction: violation.enforcementAction },
    };
  });
  return {
    reference: head.reference,
    results,
    total: status.total ?? results.length,
    notes: status.cut === undefined ? [] : [status.cut],
  };
}
