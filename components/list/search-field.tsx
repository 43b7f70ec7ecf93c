import { ListFilter, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';

/** Long enough to finish a word, short enough to feel at once. */
const pauseMs = 250;
/** The contract's cap on `q`. */
const longest = 500;

interface SearchFieldProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** The typed search: words and `key:value` terms; it takes effect after a pause or with Enter. */
export function SearchField({ label, placeholder, value, onChange }: SearchFieldProps) {
  const [text, setText] = useState(value);
  const sent = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  // The URL changed by another hand (back, a saved view, "clear"): it wins over what was typed.
  if (value !== sent.current && timer.current === undefined) {
    sent.current = value;
    setText(value);
  }
  useEffect(() => () => clearTimeout(timer.current), []);

  const send = (next: string) => {
    clearTimeout(timer.current);
    timer.current = undefined;
    sent.current = next.trim();
    onChange(next.trim());
  };
  const type = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => send(next), pauseMs);
  };

  return (
    <search className="flex h-control min-w-56 flex-1 items-center gap-2 rounded-md border border-line-field bg-surface px-2 text-ink-3 focus-within:border-accent focus-within:shadow-[0_0_0_1px_var(--accent)]">
      <ListFilter aria-hidden="true" className="size-3.5" />
      <input
        type="text"
        aria-label={label}
        placeholder={placeholder}
        value={text}
        maxLength={longest}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => type(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') send(text);
          if (event.key === 'Escape' && text !== '') {
            event.preventDefault();
            setText('');
            send('');
          }
        }}
        className="min-w-0 flex-1 bg-transparent text-ink outline-none placeholder:text-ink-3 focus-visible:shadow-none"
      />
      {text !== '' && (
        <button
          type="button"
          aria-label="Clear the search"
          className="rounded-sm hover:text-ink"
          onClick={() => {
            setText('');
            send('');
          }}
        >
          <X aria-hidden="true" className="size-3.5" />
        </button>
      )}
    </search>
  );
}
