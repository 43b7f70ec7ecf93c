import {
  Boxes,
  Database,
  FlaskConical,
  LayoutDashboard,
  type LucideIcon,
  Package,
  Scale,
  ScrollText,
  Server,
  Settings,
  TicketX,
} from 'lucide-react';

export interface PageEntry {
  readonly path: string;
  readonly name: string;
  readonly Icon: LucideIcon;
  /** Goes there after `g`. */
  readonly key: string;
  /** At the foot of the rail. */
  readonly foot?: boolean;
  /** A list that opens a panel beside it: it takes the narrow rail so that nothing moves. */
  readonly list?: boolean;
}

/** Every page that the rail, the palette and the keys lead to. */
export const pages: readonly PageEntry[] = [
  { path: '/', name: 'Overview', Icon: LayoutDashboard, key: 'o' },
  { path: '/workloads', name: 'Workloads', Icon: Boxes, key: 'w', list: true },
  { path: '/images', name: 'Images', Icon: Package, key: 'i', list: true },
  { path: '/policies', name: 'Policies', Icon: ScrollText, key: 'p', list: true },
  { path: '/simulate', name: 'Simulate', Icon: FlaskConical, key: 'm' },
  { path: '/exceptions', name: 'Exceptions', Icon: TicketX, key: 'e', list: true },
  { path: '/disagreements', name: 'Disagreements', Icon: Scale, key: 'd', list: true },
  { path: '/registries', name: 'Registries', Icon: Database, key: 'r' },
  { path: '/clusters', name: 'Clusters', Icon: Server, key: 'c' },
  { path: '/settings', name: 'Settings', Icon: Settings, key: 's', foot: true },
];

/** The entry under which a path hangs. */
export const pageOf = (pathname: string): PageEntry | undefined =>
  pages.find(({ path }) =>
    path === '/' ? pathname === '/' : pathname === path || pathname.startsWith(`${path}/`),
  );
