import { Modal } from '@mantine/core';
import classes from './Help.module.css';

const MOD = navigator.platform.startsWith('Mac') ? '⌘' : 'Ctrl';

const KEYS: [where: string, keys: [key: string, does: string][]][] = [
  ['Anywhere', [['/', 'Search'], [`${MOD} K`, 'Go anywhere'], ['?', 'This help'], ['Esc', 'Close what is open']]],
  ['In a list', [['J  K', 'Next, previous row'], ['Enter', 'Open the row']]],
  ['In a graph', [['[  ]', 'Upstream, downstream'], ['← ↑ → ↓', 'The next step in that direction'], ['Enter', 'Open the step'], ['L', 'Lay out anew']]],
  ['While building', [['A', 'Add a step'], ['Delete', 'Remove the step'], [`${MOD} Z`, 'Undo'], [`${MOD} Shift Z`, 'Redo']]],
  ['In a query', [[`${MOD} Enter`, 'Run'], ['Ctrl Space', 'Complete'], ['Esc, Tab', 'Leave the editor']]],
];

/** What keys do. */
export function Help({ close }: { close: () => void }) {
  return (
    <Modal opened onClose={close} title="Keys" size={460} closeButtonProps={{ 'aria-label': 'Close' }}>
      <div className={classes.keys}>
        {KEYS.map(([where, keys]) => (
          <section key={where}>
            <h3>{where}</h3>
            <dl>
              {keys.map(([key, does]) => (
                <div key={key}>
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
