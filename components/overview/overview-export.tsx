import { Download, Printer } from 'lucide-react';
import { Button } from '#components/ui/button.tsx';
import { Menu, MenuItem, MenuLink, MenuSeparator } from '#components/ui/menu.tsx';
import { exportFormats } from '#lib/contract/paging.ts';
import { urlOf, writeUrl } from '#lib/contract/url-state.ts';
import { Scope } from '#lib/contract/workloads.ts';

/** All findings of the scope as a file, or the page on paper. */
export function OverviewExport({ scope }: { readonly scope: Scope }) {
  const href = (format: string) => {
    const params = writeUrl(Scope, scope);
    params.set('format', format);
    return urlOf('/api/v1/findings/export', params);
  };
  return (
    <Menu
      trigger={
        <Button>
          <Download aria-hidden="true" />
          Export
        </Button>
      }
    >
      {exportFormats.map((format) => (
        <MenuLink key={format} href={href(format)} download>
          All findings, {format.toUpperCase()}
        </MenuLink>
      ))}
      <MenuSeparator />
      <MenuItem onSelect={() => window.print()}>
        <Printer aria-hidden="true" />
        Print this page
      </MenuItem>
    </Menu>
  );
}
