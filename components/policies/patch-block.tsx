import { CodeBlock } from '#components/list/code-block.tsx';
import type { PolicyDetail } from '#lib/contract/policies.ts';

interface PatchBlockProps {
  readonly patch: NonNullable<PolicyDetail['patch']>;
}

/** What would make a policy enforce, to copy. */
export function PatchBlock({ patch: { diff, command } }: PatchBlockProps) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
      <p className="text-ink-2">
        Sealwatch applies nothing. Read the change, simulate it, then apply it yourself.
      </p>
      <CodeBlock what="the patch" text={diff} diff />
      <p className="text-ink-2 text-label">The same as a command</p>
      <CodeBlock what="the command" text={command} />
    </div>
  );
}
