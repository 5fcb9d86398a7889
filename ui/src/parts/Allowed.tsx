import { Menu, Tooltip } from '@mantine/core';
import { cloneElement, useId, type ComponentProps, type MouseEvent, type ReactElement } from 'react';
import classes from './Allowed.module.css';
import { Notice } from './States';

type Control = ReactElement<Record<string, unknown>>;
type RootProps = ComponentProps<'button'> & { to?: unknown };

interface AllowedProps {
  /** Why the one who is signed in may not, and whom to ask; empty when they may. */
  whyNot: string;
  /** One button, link that looks like one, or entry of a menu. */
  children: ReactElement;
}

/**
 * A control that says why it can't be used, to whoever points at it, comes to it by keyboard or listens: it is marked as
 * disabled, but can be reached.
 */
export function Allowed({ whyNot, children }: AllowedProps) {
  const reason = useId();
  if (whyNot === '') return children;
  const entry = children.type === Menu.Item;
  const refuse = (event: MouseEvent) => {
    event.preventDefault();
    event.stopPropagation();
  };
  const refused = cloneElement(children as Control, {
    disabled: false,
    loading: undefined,
    title: undefined,
    onClick: refuse,
    ...(entry ? { closeMenuOnClick: false, className: classes.entry } : {}),
    // What leads somewhere leads nowhere now, so it is no link any more.
    renderRoot: ({ to: _, ...root }: RootProps) => (
      <button {...root} type={root.type ?? 'button'} aria-disabled="true" aria-describedby={reason} data-disabled={entry ? undefined : true} />
    ),
  });
  return (
    <>
      <Tooltip label={whyNot} position={entry ? 'left' : 'top'} multiline w={260} interactive events={{ hover: true, focus: true, touch: true }}>
        {refused}
      </Tooltip>
      {/* Hidden, it is read as the control's description only, and may stand in a menu too. */}
      <span id={reason} hidden>
        {whyNot}
      </span>
    </>
  );
}

/** In place of a page on which the one who is signed in could do nothing. */
export function NotAllowed({ what, whyNot }: { what: string; whyNot: string }) {
  return (
    <Notice tone="idle" title={`You may not ${what}`}>
      <p>{whyNot}</p>
    </Notice>
  );
}
