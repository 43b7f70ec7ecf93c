import { ExternalLink } from 'lucide-react';
import { Wrap } from './text.tsx';

/** Where a statement comes from: a link when it is an https address and nothing else, text otherwise. */
export function SourceText({ value }: { readonly value: string }) {
  if (!isHttps(value)) return <Wrap>{value}</Wrap>;
  return (
    <a
      href={value}
      rel="noreferrer noopener"
      target="_blank"
      className="text-accent hover:underline hover:underline-offset-3"
    >
      <Wrap>{value}</Wrap>{' '}
      <ExternalLink aria-label="opens another site" className="inline size-3" />
    </a>
  );
}

/** An address of https alone: no other scheme, no name and password in it. */
function isHttps(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return protocol === 'https:' && username === '' && password === '';
}
