import {
  IconArrowsJoin,
  IconBolt,
  IconBroadcast,
  IconColumns3,
  IconDatabase,
  IconFilter,
  IconForms,
  IconPlugConnected,
  IconPuzzle,
  IconSql,
  IconTable,
  type Icon,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './StepCard.module.css';

export type Role = 'source' | 'processor' | 'sink' | 'publication';

const PROCESSORS: Record<string, Icon> = {
  filter: IconFilter,
  projection: IconColumns3,
  rename: IconForms,
  union: IconArrowsJoin,
  trigger: IconBolt,
  graphql_enrichment: IconPlugConnected,
  sql: IconSql,
};

/** What a step looks like by what it is. */
export function stepIcon(role: Role, type: string): Icon {
  if (role === 'source') return IconDatabase;
  if (role === 'publication') return IconBroadcast;
  return role === 'sink' ? IconTable : (PROCESSORS[type] ?? IconPuzzle);
}

/** What a step is called where its type is not its own name. */
export function stepWord(role: Role, type: string): string {
  if (role === 'source') return 'Source';
  if (role === 'publication') return 'Published Source';
  const words = type.replaceAll('_', ' ').replace('graphql', 'GraphQL').replace('sql', 'SQL');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

interface StepCardProps {
  role: Role;
  type: string;
  title: string;
  /** Below the title, such as the table; the kind of step unless given. */
  subtitle?: string;
  /** What it does or what is wrong with it, as icon, word and colour. */
  mark?: ReactNode;
  figures?: { label: string; value: string; tone?: 'blocked' | 'failed' | 'busy' | undefined }[];
  tone?: 'blocked' | 'failed' | 'busy' | 'idle' | undefined;
  chosen?: boolean;
}

/** A step as the graph, the editor and the lineage draw it. */
export function StepCard({ role, type, title, subtitle, mark, figures, tone, chosen = false }: StepCardProps) {
  const Icon = stepIcon(role, type);
  return (
    <div className={classes.card} data-role={role} data-tone={tone} data-chosen={chosen || undefined}>
      <div className={classes.head}>
        <Icon size={16} stroke={1.75} aria-hidden className={classes.icon} />
        <div className={classes.names}>
          <span className={classes.title} title={title}>
            {title}
          </span>
          <span className={classes.subtitle} title={subtitle}>
            {subtitle ?? stepWord(role, type)}
          </span>
        </div>
        {mark && <span className={classes.mark}>{mark}</span>}
      </div>
      {figures && figures.length > 0 && (
        <dl className={classes.figures}>
          {figures.map(({ label, value, tone: of }) => (
            <div key={label} data-tone={of}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
