/** The path to go to after signing in: one of this site's own, whatever the address says. */
export function returnTo(asked: string | null): string {
  if (asked === null || !/^\/(?![/\\])/.test(asked) || /[\u0000-\u001f\\]/.test(asked)) return '/';
  const target = new URL(asked, 'http://here');
  if (target.origin !== 'http://here' || target.pathname.startsWith('/sign-in') || target.pathname.startsWith('//')) return '/';
  return target.pathname + target.search + target.hash;
}
