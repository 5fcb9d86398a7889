import type { Answer } from '../api/api';
import { count } from '../format/format';
import { DataTable, type Column } from '../parts/DataTable';
import { Masked } from '../parts/Masked';
import classes from './SourcePage.module.css';

type Profile = Answer<'/api/v1/sources/{name}/profile'>;
type ProfileColumn = Profile['columns'][number];

/** What values look like: how many are missing, how many differ, the ends and the commonest. */
export function ProfileTable({ profile }: { profile: Profile }) {
  const columns: Column<ProfileColumn>[] = [
    { id: 'name', label: 'Field', width: 'minmax(140px, 1fr)', sort: ({ name }) => name, cell: ({ name }) => <span className={classes.mono}>{name}</span> },
    {
      id: 'nulls',
      label: 'Null',
      width: '132px',
      sort: ({ nulls }) => nulls,
      cell: ({ masked, nulls }) => (masked ? <Masked /> : <Share part={nulls} of={profile.rows} />),
    },
    { id: 'distinct', label: 'Different', width: '88px', align: 'right', sort: ({ distinct }) => distinct, cell: ({ masked, distinct }) => (masked ? <Masked /> : count(distinct)) },
    { id: 'lowest', label: 'Lowest', width: 'minmax(110px, 1fr)', cell: ({ masked, lowest }) => (masked ? <Masked /> : <Text of={lowest} />) },
    { id: 'highest', label: 'Highest', width: 'minmax(110px, 1fr)', cell: ({ masked, highest }) => (masked ? <Masked /> : <Text of={highest} />) },
    {
      id: 'top',
      label: 'Commonest',
      width: 'minmax(200px, 2fr)',
      cell: ({ masked, top }) =>
        masked ? <Masked /> : <Text of={top.map(({ value, count: times }) => (times ? `${value} (${times})` : value)).join(', ')} />,
    },
  ];
  return <DataTable label="What values look like" rows={profile.columns} columns={columns} rowId={({ name }) => name} />;
}

function Text({ of }: { of: string | null | undefined }) {
  return of ? <span title={of}>{of}</span> : <span className={classes.quiet}>–</span>;
}

function Share({ part, of }: { part: number | null | undefined; of: number }) {
  if (part === null || part === undefined || of === 0) return <span className={classes.quiet}>–</span>;
  const percent = (100 * part) / of;
  return (
    <span className={classes.share} title={`${count(part)} of ${count(of)}`}>
      <span>{percent > 0 && percent < 1 ? '<1' : Math.round(percent)} %</span>
      <span className={classes.bar} aria-hidden>
        <span style={{ width: `${percent}%` }} />
      </span>
    </span>
  );
}
