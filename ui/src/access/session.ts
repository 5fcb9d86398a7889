import { createContext, useContext } from 'react';
import type { Answer } from '../api/api';

/** Who is signed in, as the server says it. */
export type Session = Answer<'/api/v1/session'>;

export type Role = 'viewer' | 'builder' | 'owner' | 'admin';

const RANKS: Record<string, number> = { viewer: 1, builder: 2, owner: 3, admin: 4 };

/** Whether one of the session's roles covers another, as the server judges it. */
export function hasRole(session: Session, role: Role): boolean {
  return (session.roles ?? []).some((own) => (RANKS[own] ?? 0) >= (RANKS[role] ?? Infinity));
}

/** Whether a team's things are the session's own. */
export function isIn(session: Session, team: string): boolean {
  return hasRole(session, 'admin') || (team !== '' && (session.teams ?? []).includes(team));
}

export const SessionContext = createContext<Session | null>(null);

/** Who is signed in; only on pages inside the shell, where somebody is. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('Nobody is signed in here');
  return session;
}
