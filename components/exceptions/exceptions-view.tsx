'use client';

import { useUrlState } from '#components/list/use-url-state.ts';
import { BypassList } from './bypass-list.tsx';
import { ExceptionList } from './exception-list.tsx';
import { TabState } from './exception-view.ts';

/** What sets rules aside on purpose, and the ways past the engines that nobody meant. */
export function ExceptionsView() {
  const { value } = useUrlState(TabState);
  return value.tab === 'bypasses' ? <BypassList /> : <ExceptionList />;
}
