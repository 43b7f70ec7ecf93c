interface ScopeNoteProps {
  /** What the list is of: "Exceptions". */
  readonly noun: string;
  /** What is chosen in boxes of the top bar that do not narrow it. */
  readonly cluster?: readonly string[];
  readonly namespace?: readonly string[];
  readonly team?: readonly string[];
}

/** Says which boxes of the top bar do not narrow a list, instead of showing more than they name. */
export function ScopeNote({ noun, ...boxes }: ScopeNoteProps) {
  const idle = (['cluster', 'namespace', 'team'] as const).filter(
    (name) => (boxes[name]?.length ?? 0) > 0,
  );
  if (idle.length === 0) return null;
  return (
    <p role="status" className="mb-3 text-notice-text">
      {noun} are not narrowed by the {idle.join(' and ')} {idle.length === 1 ? 'box' : 'boxes'}{' '}
      above.
    </p>
  );
}
