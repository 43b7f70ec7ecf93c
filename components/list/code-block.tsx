import { CopyButton } from '#components/ui/copy.tsx';

interface CodeBlockProps {
  /** What it is, for the copy button and for screen readers: "the patch". */
  readonly what: string;
  readonly text: string;
  /** Draws lines that begin with `-` and `+` as taken out and put in. */
  readonly diff?: boolean;
}

/** Text to copy as it stands. */
export function CodeBlock({ what, text, diff = false }: CodeBlockProps) {
  return (
    <div className="flex items-start overflow-hidden rounded-md border border-line bg-sunken">
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, by the keyboard too
        tabIndex={0}
        aria-label={what}
        className="max-h-96 min-w-0 flex-1 overflow-auto focus-visible:shadow-[inset_0_0_0_2px_var(--accent)]"
      >
        <pre className="w-max min-w-full px-3 py-2.5">
          {diff ? <Diff text={text.trimEnd()} /> : text.trimEnd()}
        </pre>
      </section>
      <span className="flex-none p-1">
        <CopyButton text={text} what={what} />
      </span>
    </div>
  );
}

function Diff({ text }: { readonly text: string }) {
  return text.split('\n').map((line, index) => (
    <span
      // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a text have no other name
      key={index}
      className={lineClass(line)}
    >
      {line}
      {'\n'}
    </span>
  ));
}

function lineClass(line: string): string {
  if (line.startsWith('+') && !line.startsWith('+++')) return 'font-semibold text-ink';
  return line.startsWith('-') || line.startsWith('@') ? 'text-ink-3' : 'text-ink-2';
}
