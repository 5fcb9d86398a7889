import {
  IconAlertTriangle,
  IconArrowsSplit,
  IconBell,
  IconBooks,
  IconHome,
  IconListCheck,
  IconPlugConnected,
  IconScale,
  IconSitemap,
  IconTerminal2,
  type Icon,
} from '@tabler/icons-react';
import { lazy, type ComponentType } from 'react';
import type { Readable } from '../api/api';

import { ACCESS_PLACES, ACCESS_ROUTES } from '../access/routes';
import type { Role } from '../access/session';

interface PageRoute {
  /** As React Router has it: `sources/:name`. */
  path: string;
  load: () => Promise<{ default: ComponentType }>;
  /** What it reads first. */
  reads?: Readable;
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
  /** Only for those who have this role. */
  role?: Role;
  /** Further words that find it in the palette. */
  words?: string;
}

/** Every page. One that a user does not open is not loaded. */
const PAGES: PageRoute[] = [
  ...ACCESS_ROUTES,
  { path: '', load: () => import('../home/HomePage').then((m) => ({ default: m.HomePage })), reads: '/api/v1/home' },
  { path: 'pipelines', load: () => import('../pipelines/PipelinesPage').then((m) => ({ default: m.PipelinesPage })) },
  { path: 'pipelines/:id', load: () => import('../pipelines/RunPage').then((m) => ({ default: m.RunPage })) },
  { path: 'pipelines/:id/revisions/:n', load: () => import('../pipelines/RevisionPage').then((m) => ({ default: m.RevisionPage })) },
  { path: 'incidents', load: () => import('../incidents/IncidentsPage').then((m) => ({ default: m.IncidentsPage })) },
  { path: 'incidents/:id', load: () => import('../incidents/IncidentPage').then((m) => ({ default: m.IncidentPage })) },
  { path: 'audits', load: () => import('../audits/AuditsPage').then((m) => ({ default: m.AuditsPage })) },
  { path: 'audits/:id', load: () => import('../audits/AuditPage').then((m) => ({ default: m.AuditPage })) },
  { path: 'audits/:id/runs/:run', load: () => import('../audits/RunPage').then((m) => ({ default: m.RunPage })) },
  { path: 'jobs', load: () => import('../jobs/JobsPage').then((m) => ({ default: m.JobsPage })) },
  { path: 'jobs/:id', load: () => import('../jobs/JobPage').then((m) => ({ default: m.JobPage })) },
  { path: 'settings/alerts', load: () => import('../alerts/AlertsPage').then((m) => ({ default: m.AlertsPage })) },
  { path: 'connections', load: () => import('../connections/ConnectionsPage').then((m) => ({ default: m.ConnectionsPage })) },
  { path: 'connections/new', load: () => import('../connections/ConnectPage').then((m) => ({ default: m.NewConnectionPage })) },
  { path: 'connections/:name', load: () => import('../connections/ConnectionPage').then((m) => ({ default: m.ConnectionPage })) },
  { path: 'connections/:name/edit', load: () => import('../connections/ConnectPage').then((m) => ({ default: m.EditConnectionPage })) },
  { path: 'endpoints/:name', load: () => import('../connections/EndpointPage').then((m) => ({ default: m.EndpointPage })) },
  { path: 'query', load: () => import('../query/QueryPage').then((m) => ({ default: m.QueryPage })) },
  { path: 'data/:table/rows/:key', load: () => import('../row/RowPage').then((m) => ({ default: m.TableRowPage })) },
  { path: 'sources/:name/rows/:key', load: () => import('../row/RowPage').then((m) => ({ default: m.SourceRowPage })) },
  { path: 'pipelines/new', load: () => import('../builder/NewPipelinePage').then((m) => ({ default: m.NewPipelinePage })) },
  { path: 'pipelines/:id/edit', load: () => import('../builder/BuilderPage').then((m) => ({ default: m.BuilderPage })) },
  { path: 'sources', load: () => import('../catalog/CatalogPage').then((m) => ({ default: m.CatalogPage })) },
  { path: 'sources/:name', load: () => import('../catalog/SourcePage').then((m) => ({ default: m.SourcePage })) },
  { path: 'tables/:name', load: () => import('../tables/TablePage').then((m) => ({ default: m.TablePage })) },
  { path: 'lineage', load: () => import('../lineage/LineagePage').then((m) => ({ default: m.LineagePage })) },
  { path: 'impact', load: () => import('../lineage/ImpactPage').then((m) => ({ default: m.ImpactPage })) },
];

export const ROUTES = PAGES.map((route) => ({ ...route, Page: lazy(route.load) }));

/** The navigation, in groups; the first has no heading. */
export const PLACES: { heading?: string; places: Place[] }[] = [
  {
    places: [
      { to: '/', label: 'Home', Icon: IconHome },
      { to: '/sources', label: 'Catalog', Icon: IconBooks, also: ['/tables'], words: 'sources tables fields tags search' },
    ],
  },
  {
    heading: 'Build',
    places: [
      { to: '/connections', label: 'Connections', Icon: IconPlugConnected, also: ['/endpoints'], words: 'database postgres endpoint graphql dump' },
      { to: '/query', label: 'Query', Icon: IconTerminal2, words: 'sql select table export csv' },
      { to: '/pipelines', label: 'Pipelines', Icon: IconSitemap, words: 'jobs graph run lag' },
      { to: '/lineage', label: 'Lineage', Icon: IconArrowsSplit, also: ['/impact'], words: 'origin where from impact of a change' },
      { to: '/incidents', label: 'Incidents', Icon: IconAlertTriangle, words: 'alerts blocked failed' },
      { to: '/audits', label: 'Audits', Icon: IconScale, words: 'quality proof equal differences repair' },
      { to: '/jobs', label: 'Jobs', Icon: IconListCheck, words: 'dumps backfills maintenance progress' },
    ],
  },
  {
    heading: 'Settings',
    places: [
      ...ACCESS_PLACES,
      { to: '/settings/alerts', label: 'Alerts', Icon: IconBell, words: 'routes webhook slack mail' },
    ],
  },
];
