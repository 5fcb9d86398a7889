import { useEffect } from 'react';

/** Keys by name, such as `a`, `/`, `escape`, `mod+k` (Command or Control), `shift+?`. */
export type Keys = Record<string, (event: KeyboardEvent) => void>;

/** Answers keys anywhere on the page; without `mod`, only while nobody types. */
export function useKeys(keys: Keys): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const mod = event.metaKey || event.ctrlKey;
      if (event.altKey || (!mod && isTyping(event.target))) return;
      const name = `${mod ? 'mod+' : ''}${event.key.toLowerCase()}`;
      const action = keys[mod && event.shiftKey ? name.replace('mod+', 'mod+shift+') : name];
      if (action === undefined) return;
      event.preventDefault();
      action(event);
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  });
}

/** Whether letters go into a field. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName) || target.closest('[role=dialog]') !== null)
  );
}
