import { ActionIcon, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import classes from './Copy.module.css';

/** Copies a text, and says that it did. */
export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1_500);
  };
  return (
    <Tooltip label={copied ? 'Copied' : label}>
      <ActionIcon variant="subtle" color="gray" size={24} aria-label={copied ? 'Copied' : label} onClick={() => void copy()}>
        {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
      </ActionIcon>
    </Tooltip>
  );
}

/** Text to be copied whole: a statement, a command. */
export function Snippet({ text, label }: { text: string; label?: string }) {
  return (
    <div className={classes.snippet}>
      <pre>
        <code>{text}</code>
      </pre>
      <CopyButton text={text} {...(label ? { label } : {})} />
    </div>
  );
}
