import { Menu, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { IconCheck, IconDeviceDesktop, IconKey, IconLogout, IconMoon, IconPassword, IconSun, IconUserCircle } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { Link } from 'react-router';
import { ChangePassword } from '../access/ChangePassword';
import { useSession } from '../access/session';
import { send } from '../api/api';
import classes from './Shell.module.css';

const SCHEMES = [
  { value: 'auto', label: 'Like the system', Icon: IconDeviceDesktop },
  { value: 'light', label: 'Light', Icon: IconSun },
  { value: 'dark', label: 'Dark', Icon: IconMoon },
] as const;

/** The menu at the foot of the navigation: who is signed in, what they may do, how it looks. */
export function Account() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const session = useSession();
  const [changing, setChanging] = useState(false);
  const rights = useId();
  const person = session.kind === 'person';
  const signOut = async () => {
    await send('delete', '/api/v1/session');
    // a new page, so that nothing of what was read stays
    location.assign('/sign-in');
  };
  return (
    <>
      <Menu position="top-start" width={232} shadow="md">
        <Menu.Target>
          <UnstyledButton className={classes.account} aria-label={`Account of ${session.name ?? ''}`}>
            <IconUserCircle size={18} stroke={1.75} aria-hidden />
            <span className={classes.who}>{session.full_name === '' ? session.name : session.full_name}</span>
          </UnstyledButton>
        </Menu.Target>
        {/* A menu may hold nothing but its entries: what else stands in it describes it. */}
        <Menu.Dropdown aria-describedby={rights}>
          <div className={classes.rights} id={rights}>
            <span>Signed in as</span>
            <span>{session.name}</span>
            <span>Role</span>
            <span>{words(session.roles, 'none')}</span>
            <span>Teams</span>
            <span>{words(session.teams, 'none')}</span>
            <span>Sees unmasked</span>
            <span>{session.clearances?.includes('*') ? 'everything' : words(session.clearances, 'only what has no tag')}</span>
          </div>
          <Menu.Divider />
          <Menu.Label>Appearance</Menu.Label>
          <Menu.RadioGroup value={colorScheme} onChange={(value) => setColorScheme(value as typeof colorScheme)}>
            {SCHEMES.map(({ value, label, Icon }) => (
              <Menu.RadioItem key={value} value={value} checkIcon={<IconCheck size={14} aria-hidden />} rightSection={<Icon size={15} aria-hidden />}>
                {label}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
          <Menu.Divider />
          <Menu.Item component={Link} to="/settings/tokens" leftSection={<IconKey size={15} aria-hidden />}>
            Tokens
          </Menu.Item>
          {person && (
            <Menu.Item leftSection={<IconPassword size={15} aria-hidden />} onClick={() => setChanging(true)}>
              Change password
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconLogout size={15} aria-hidden />} onClick={() => void signOut()}>
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ChangePassword opened={changing} close={() => setChanging(false)} />
    </>
  );
}

function words(list: string[] | undefined, none: string): string {
  return list === undefined || list.length === 0 ? none : list.join(', ');
}
