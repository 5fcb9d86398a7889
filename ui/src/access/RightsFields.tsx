import { Checkbox, TagsInput } from '@mantine/core';
import classes from './Access.module.css';

/** What an account or token may do. */
export interface Rights {
  roles: string[];
  teams: string[];
  clearances: string[];
}

const ROLES: { value: string; label: string; what: string }[] = [
  { value: 'viewer', label: 'Viewer', what: 'reads everything, masked where not cleared' },
  { value: 'builder', label: 'Builder', what: 'also builds and runs what belongs to their teams' },
  { value: 'owner', label: 'Owner', what: 'also answers for their teams’ Sources: descriptions, tags, approvals' },
  { value: 'admin', label: 'Admin', what: 'everything' },
  { value: 'engine', label: 'Engine', what: 'a query engine: the Iceberg catalog, and nothing else' },
];

interface RightsFieldsProps {
  rights: Rights;
  change: (rights: Rights) => void;
  /** Teams that are known already, to choose from. */
  teams: string[];
  /** Roles that can be chosen; all unless given. */
  only?: string[];
}

/** Fields for roles, teams and clearances. */
export function RightsFields({ rights, change, teams, only }: RightsFieldsProps) {
  return (
    <>
      <Checkbox.Group label="Roles" value={rights.roles} onChange={(roles) => change({ ...rights, roles })}>
        <div className={classes.roles}>
          {ROLES.filter(({ value }) => only === undefined || only.includes(value)).map(({ value, label, what }) => (
            <Checkbox key={value} value={value} label={label} description={what} />
          ))}
        </div>
      </Checkbox.Group>
      <TagsInput
        label="Teams"
        description="As documents name their owner. Enter adds one."
        data={teams}
        value={rights.teams}
        onChange={(value) => change({ ...rights, teams: value })}
        clearable={false}
      />
      <TagsInput
        label="Clearances"
        description="Tags whose fields are shown unmasked, such as pii; * for all."
        value={rights.clearances}
        onChange={(value) => change({ ...rights, clearances: value })}
        clearable={false}
      />
    </>
  );
}
