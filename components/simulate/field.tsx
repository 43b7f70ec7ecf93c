import { type ReactNode, useId } from 'react';

interface FieldProps {
  readonly label: string;
  /** What it is for, in a few words. */
  readonly hint?: string;
  /** What is wrong with it; read aloud when it appears. */
  readonly problem?: string | undefined;
  /** The control; is given the ids that name and describe it. */
  readonly children: (ids: { readonly id: string; readonly describedBy: string }) => ReactNode;
}

/** One control of a form with its name above and its hint below. */
export function Field({ label, hint, problem, children }: FieldProps) {
  const id = useId();
  const describedBy = `${id}-about`;
  return (
    <div className="grid content-start justify-items-start gap-1">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {children({ id, describedBy })}
      <p id={describedBy} className="text-ink-2 text-label">
        {problem === undefined ? (
          hint
        ) : (
          <span role="alert" className="text-notice-text">
            {problem}
          </span>
        )}
      </p>
    </div>
  );
}

/** The look of a text field, a number field or a select box. */
export const fieldClass =
  'h-control rounded-md border border-line-field bg-surface px-2 text-ink outline-none focus-visible:border-accent focus-visible:shadow-[0_0_0_1px_var(--accent)]';
