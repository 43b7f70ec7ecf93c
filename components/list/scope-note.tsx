interface ScopeNoteProps {
  /** What the list is of: "Exceptions". */
  readonly noun: string;
  readonly namespace: readonly string[];
  readonly team: readonly string[];
}

/** Says which boxes of the top bar do not narrow this list, instead of showing more than they name. */
export function ScopeNote({ noun, namespace, team }: ScopeNoteProps) {
  const boxes = [namespace.length > 0 && 'namespace', team.length > 0 && 'team'].filter(Boolean);
  if (boxes.length === 0) return null;
  return (
    <p role="status" className="mb-3 text-notice-text">
      {noun} belong to whole clusters: the {boxes.join(' and ')}{' '}
      {boxes.length === 1 ? 'box does' : 'boxes do'} not narrow this list.
    </p>
  );
}
