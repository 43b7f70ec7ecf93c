import type { Route } from 'next';
import NextLink from 'next/link';
import type { ComponentProps } from 'react';

type Props = Omit<ComponentProps<typeof NextLink>, 'href'> & { readonly href: string };

/** A link by plain string. Tables hold hundreds of links, so prefetching is asked for, not given. */
export function Link({ href, prefetch = false, ...props }: Props) {
  return <NextLink href={href as Route} prefetch={prefetch} {...props} />;
}
