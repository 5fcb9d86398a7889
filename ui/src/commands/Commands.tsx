import { UnstyledButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import type { Live } from '../live/live';
import classes from './Commands.module.css';

/** What to type to ask the same platform, with a table of its own in the example. */
export function Commands({ live }: { live: Live }) {
  const tables = live.pipelines.flatMap((pipeline) => pipeline.tables);
  const table = tables.find((name) => name.endsWith('movie_report')) ?? tables[0];
  return (
    <section aria-labelledby="commands">
      <h2 id="commands" className={classes.title}>
        Ask it yourself
      </h2>
      <div className={classes.list}>
        {table && <CommandLine command={`./backlot query "SELECT * FROM ${table}_latest LIMIT 5"`} />}
        <CommandLine command="./backlot get pipelines" />
        <CommandLine command="./backlot status" />
      </div>
    </section>
  );
}

/** A command with a button that copies it. */
export function CommandLine({ command }: { command: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () => {
    navigator.clipboard.writeText(command).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <div className={classes.command}>
      <code title={command}>{command}</code>
      <UnstyledButton className={classes.copy} onClick={copy} onBlur={() => setCopied(false)} aria-label={`Copy: ${command}`}>
        {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
        {copied ? 'Copied' : 'Copy'}
      </UnstyledButton>
    </div>
  );
}
