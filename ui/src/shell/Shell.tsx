import { UnstyledButton } from '@mantine/core';
import { IconCloudOff, IconMenu2, IconRefresh, IconSearch, IconX } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { NavLink, Outlet, useLocation } from 'react-router';
import { useSession } from '../access/session';
import { queries, useLink } from '../api/useApi';
import { watch } from '../api/watch';
import { Mark } from './Mark';
import { Account } from './Account';
import { Help } from './Help';
import { Palette } from './Palette';
import { placesOf } from './places';
import type { Place } from './routes';
import classes from './Shell.module.css';
import { useKeys } from './useKeys';

/** What stands around every page: where one can go, search, and who is there. */
export function Shell() {
  const [palette, setPalette] = useState(false);
  const [menu, setMenu] = useState(false);
  const [help, setHelp] = useState(false);
  const { pathname } = useLocation();
  const session = useSession();
  const main = useRef<HTMLElement>(null);
  // The editor needs the width.
  const narrow = /^\/pipelines\/[^/]+\/edit$/.test(pathname);
  useEffect(() => {
    setMenu(false);
    setPalette(false);
    main.current?.focus({ preventScroll: true });
  }, [pathname]);
  useKeys({ 'mod+k': () => setPalette(true), '/': () => setPalette(true), '?': () => setHelp(true) });
  return (
    <div className={classes.shell} data-narrow={narrow || undefined}>
      <a className={classes.skip} href="#main">
        Skip to the page
      </a>
      <header className={classes.rail} data-open={menu || undefined}>
        <div className={classes.brandRow}>
          <NavLink to="/" className={classes.brand ?? ''}>
            <Mark />
            <span className={classes.word}>Backlot</span>
          </NavLink>
          <UnstyledButton className={classes.burger} onClick={() => setMenu(!menu)} aria-expanded={menu} aria-controls="places">
            {menu ? <IconX size={18} aria-hidden /> : <IconMenu2 size={18} aria-hidden />}
            <span className="visually-hidden">Menu</span>
          </UnstyledButton>
        </div>
        <UnstyledButton className={classes.search} title="Search" onClick={() => setPalette(true)} aria-keyshortcuts="Meta+K Control+K /">
          <IconSearch size={14} aria-hidden />
          <span className={classes.word}>Search</span>
          <kbd>/</kbd>
        </UnstyledButton>
        <nav id="places" className={classes.places} aria-label="Main">
          {placesOf(session).map(({ heading, places }) => (
            <section key={heading ?? ''}>
              {heading && <h2 className={classes.heading}>{heading}</h2>}
              <ul>
                {places.map((place) => (
                  <PlaceLink key={place.to} place={place} narrow={narrow} />
                ))}
              </ul>
            </section>
          ))}
        </nav>
        <Account />
      </header>
      <main id="main" ref={main} tabIndex={-1} className={classes.main}>
        <Lost />
        <Outlet />
      </main>
      {palette && <Palette close={() => setPalette(false)} />}
      {help && <Help close={() => setHelp(false)} />}
    </div>
  );
}

function PlaceLink({ place: { to, label, Icon, also = [] }, narrow }: { place: Place; narrow: boolean }) {
  const { pathname } = useLocation();
  const within = (path: string) => pathname === path || pathname.startsWith(`${path}/`);
  const current = to === '/' ? pathname === '/' : within(to) || also.some(within);
  return (
    <li>
      <NavLink to={to} end={to === '/'} className={classes.place ?? ''} data-current={current || undefined} title={narrow ? label : undefined}>
        <Icon size={16} stroke={1.75} aria-hidden />
        <span className={classes.word}>{label}</span>
      </NavLink>
    </li>
  );
}

/** Says that what is shown grows old, and that nothing is lost by it. */
function Lost() {
  const link = useLink();
  if (link !== 'lost') return null;
  const again = () => {
    watch.reopen();
    void queries.invalidateQueries();
  };
  return (
    <div className={classes.lost} role="alert">
      <IconCloudOff size={16} aria-hidden />
      <p>
        <strong>Stale: the server does not answer.</strong> What you see is what it last said. Capture and pipelines go on without
        it, and nothing is lost. This page tries again by itself.
      </p>
      <UnstyledButton className={classes.again} onClick={again}>
        <IconRefresh size={14} aria-hidden />
        Try now
      </UnstyledButton>
    </div>
  );
}
