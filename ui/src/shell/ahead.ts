import { matchPath } from 'react-router';
import { readAhead } from '../api/useApi';
import { ROUTES } from './routes';

/** Asks at once, side by side, for what the first page would ask for one after the other: its code, who is there, its data. */
export function askAhead(pathname: string): void {
  const route = ROUTES.find(({ path }) => matchPath(`/${path}`, pathname) !== null);
  if (!route?.bare) {
    readAhead('/api/v1/session');
    if (route?.reads !== undefined) readAhead(route.reads);
  }
  // Last: its many files would have the others wait for a connection.
  void route?.load();
}
