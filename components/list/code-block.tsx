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
    <div className="relative">
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, by the keyboard too
        tabIndex={0}
        aria-label={what}
        className="max-h-96 overflow-auto rounded-md border border-line bg-sunken"
      >
        <pre className="w-max min-w-full py-2.5 pr-10 pl-3">
          {diff ? <Diff text={text.trimEnd()} /> : text.trimEnd()}
        </pre>
      </section>
      <span className="absolute top-1 right-1 rounded-md bg-sunken">
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
