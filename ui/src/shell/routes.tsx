import { IconHome, type Icon } from '@tabler/icons-react';
import { lazy, type ComponentType, type LazyExoticComponent } from 'react';

type PageOf = LazyExoticComponent<ComponentType>;

interface PageRoute {
  /** As React Router has it: `sources/:name`. */
  path: string;
  Page: PageOf;
  /** Without the shell around it and without a session, such as the sign-in. */
  bare?: boolean;
}

/** Something in the navigation. */
export interface Place {
  to: string;
  label: string;
  Icon: Icon;
  /** Other first parts of paths that belong to it. */
  also?: string[];
  /** Further words that find it in the palette. */
  words?: string;
}

/** Every page. One that a user does not open is not loaded. */
export const ROUTES: PageRoute[] = [
  { path: '', Page: lazy(() => import('../app/LivePage').then((m) => ({ default: m.LivePage }))) },
];

/** The navigation, in groups; the first has no heading. */
export const PLACES: { heading?: string; places: Place[] }[] = [
  { places: [{ to: '/', label: 'Home', Icon: IconHome }] },
  { heading: 'Build', places: [] },
  { heading: 'Settings', places: [] },
];
