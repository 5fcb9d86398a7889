import { hasRole, type Session } from '../access/session';
import { PLACES } from './routes';

/** The navigation that somebody sees. */
export function placesOf(session: Session): typeof PLACES {
  return PLACES.map(({ heading, places }) => ({
    ...(heading === undefined ? {} : { heading }),
    places: places.filter(({ role }) => role === undefined || hasRole(session, role)),
  })).filter(({ places }) => places.length > 0);
}
