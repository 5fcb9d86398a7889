import type { paths } from '../api/schema';
import type { Sendable } from '../api/api';
import { hasRole, isIn, useSession, type Session } from './session';

type Verb = 'get' | 'post' | 'put' | 'patch' | 'delete';
type Route<M extends Verb> = M extends 'get' ? keyof paths : Sendable<Exclude<M, 'get'>>;

/**
 * Why somebody may not use a route, and whom they can ask; empty when they may. The server's own table says which role it
 * asks, and the server has the last word.
 *
 * @param owners the teams that what it is about belongs to, also as it is to be; undefined while one is not known, which
 *     refuses nothing
 */
export function whyNot<M extends Verb>(session: Session, method: M, path: Route<M>, ...owners: (string | undefined)[]): string {
  const rule = session.rules?.[`${method.toUpperCase()} ${String(path)}`];
  if (rule === undefined || hasRole(session, 'admin')) return '';
  const known = owners.filter((owner) => owner !== undefined);
  if (known.includes('')) return 'It has no owner, so only an admin may do this. Ask an admin.';
  const others = [...new Set(known)].filter((owner) => !isIn(session, owner));
  const teams = `team${others.length === 1 ? '' : 's'} ${others.map(quoted).join(' and ')}`;
  if (!hasRole(session, rule.role)) {
    return `Needs the role ${rule.role}${others.length > 0 ? ` in the ${teams}` : ''}; you have ${words(session.roles, 'none')}. Ask an admin.`;
  }
  if (others.length === 0) return '';
  return `Only the ${teams} may do this; you are in ${words(session.teams?.map(quoted), 'no team')}. Ask them, or an admin.`;
}

/** Says of any route why the one who is signed in may not use it. */
export function useWhyNot() {
  const session = useSession();
  return <M extends Verb>(method: M, path: Route<M>, ...owners: (string | undefined)[]) => whyNot(session, method, path, ...owners);
}

const quoted = (team: string) => `“${team}”`;

function words(some: string[] | undefined, none: string): string {
  return some === undefined || some.length === 0 ? none : some.join(', ');
}
