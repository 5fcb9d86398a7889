import { IconHistory, IconKey, IconUsers } from '@tabler/icons-react';
import type { Role } from './session';

/** Sign-in, people, tokens and the access log. */
export const ACCESS_ROUTES = [
  { path: 'sign-in', bare: true, load: () => import('./SignInPage').then((m) => ({ default: m.SignInPage })) },
  { path: 'settings/people', load: () => import('./PeoplePage').then((m) => ({ default: m.PeoplePage })) },
  { path: 'settings/tokens', load: () => import('./TokensPage').then((m) => ({ default: m.TokensPage })) },
  { path: 'settings/access-log', load: () => import('./AccessLogPage').then((m) => ({ default: m.AccessLogPage })) },
];

/** Where they stand in the navigation. */
export const ACCESS_PLACES = [
  { to: '/settings/people', label: 'People', Icon: IconUsers, role: 'admin' as Role, words: 'users accounts roles teams' },
  { to: '/settings/tokens', label: 'Tokens', Icon: IconKey, words: 'services api keys' },
  { to: '/settings/access-log', label: 'Access log', Icon: IconHistory, words: 'audit who changed saw' },
];
