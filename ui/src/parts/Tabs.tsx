import { useRef, type KeyboardEvent, type ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import classes from './Tabs.module.css';

/** One of several views of a thing. */
export interface Tab {
  id: string;
  label: string;
  /** Behind the label, such as a count. */
  note?: ReactNode;
  view: () => ReactNode;
}

/** Views of one thing; which one shows stands in the address as `?tab=`. Arrows move between them. */
export function Tabs({ tabs, label }: { tabs: Tab[]; label: string }) {
  const [params, setParams] = useSearchParams();
  const list = useRef<HTMLDivElement>(null);
  const chosen = tabs.find((tab) => tab.id === params.get('tab')) ?? tabs[0];
  const choose = (id: string) =>
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        if (id === tabs[0]?.id) after.delete('tab');
        else after.set('tab', id);
        return after;
      },
      { replace: true },
    );
  const pressed = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined || chosen === undefined) return;
    event.preventDefault();
    const next = (tabs.indexOf(chosen) + step + tabs.length) % tabs.length;
    choose(tabs[next]?.id ?? '');
    list.current?.querySelectorAll<HTMLButtonElement>('[role=tab]')[next]?.focus();
  };
  if (chosen === undefined) return null;
  return (
    <div className={classes.tabs}>
      <div ref={list} role="tablist" aria-label={label} className={classes.list} onKeyDown={pressed}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`tab-${tab.id}`}
            aria-selected={tab === chosen}
            aria-controls="tab-panel"
            tabIndex={tab === chosen ? 0 : -1}
            className={classes.tab}
            onClick={() => choose(tab.id)}
          >
            {tab.label}
            {tab.note !== undefined && <span className={classes.note}>{tab.note}</span>}
          </button>
        ))}
      </div>
      <div id="tab-panel" role="tabpanel" aria-labelledby={`tab-${chosen.id}`} className={classes.panel}>
        {chosen.view()}
      </div>
    </div>
  );
}
