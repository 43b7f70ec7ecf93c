import type { ReactNode } from 'react';

export function Kbd({ children }: { readonly children: ReactNode }) {
  return (
    <kbd className="whitespace-nowrap rounded-[3px] border border-line-strong px-1 font-[450] font-sans text-[11px] text-ink-2 leading-4">
      {children}
    </kbd>
  );
}
