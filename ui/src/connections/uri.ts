/** What a pasted address says. */
export interface Address {
  host: string;
  port: number;
  database: string;
  user: string;
  /** Whether it had a password, which is left out: documents refer to secrets and never hold them. */
  hadPassword: boolean;
  tls: string;
}

/** Reads `postgresql://user@host:port/database?sslmode=…`; null when the text is no such address. */
export function parseAddress(text: string): Address | null {
  const match = /^(?:jdbc:)?postgres(?:ql)?:\/\/(.*)$/i.exec(text.trim());
  if (match?.[1] === undefined) return null;
  let url: URL;
  try {
    // the scheme decides how a host is read: http's rules fit
    url = new URL(`http://${match[1]}`);
  } catch {
    return null;
  }
  const asked = url.searchParams;
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1') || 'localhost',
    port: url.port === '' ? (/^(?:[^/@]*@)?[^/]*:80(?:[/?]|$)/.test(match[1]) ? 80 : 5432) : Number(url.port),
    database: decodeURIComponent(url.pathname.slice(1)),
    user: decodeURIComponent(url.username) || (asked.get('user') ?? ''),
    hadPassword: url.password !== '' || asked.has('password'),
    tls: (asked.get('sslmode') ?? '').replace('-', '_'),
  };
}
