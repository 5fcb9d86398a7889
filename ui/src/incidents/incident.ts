/** Something that needs a person, as the API shows it. */
export interface IncidentItem {
  name: string;
  spec: {
    kind: string;
    subject: { kind: string; name: string };
    document: { kind: string; name: string };
    owner: string;
  };
  status: {
    state: 'open' | 'acknowledged' | 'snoozed' | 'resolved';
    severity: 'critical' | 'warning';
    reason: string;
    since: string;
    held: boolean;
    held_since: string;
    episode: number;
    updated_at: string;
    snoozed_until?: string;
    resolved_at?: string;
    facts: Record<string, unknown>;
    history?: { at: string; what: string; author: string; message: string }[];
  };
}

export function incidentPath(id: string | number): string {
  return `/incidents/${id}`;
}

/** The page of what an incident is about. */
export function subjectPath({ kind, name }: { kind: string; name: string }): string | null {
  const at = encodeURIComponent(name);
  switch (kind) {
    case 'pipeline':
      return `/pipelines/${at}`;
    case 'source':
      return `/sources/${at}`;
    case 'connection':
      return `/connections/${at}`;
    case 'table':
      return `/audits/${at}`;
    default:
      return null;
  }
}
