import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

// What the address will be once this handler is through: the router's own setter starts from what the address was before it.
let coming: URLSearchParams | null = null;

/** One value of the page's address, such as a filter: survives reloading, can be sent to others. Empty is left out. */
export function useAddress(name: string, otherwise = ''): [string, (value: string) => void] {
  const [params, setParams] = useSearchParams();
  const set = useCallback(
    (value: string) => {
      if (coming === null) {
        coming = new URLSearchParams(window.location.search);
        setTimeout(() => (coming = null));
      }
      if (value === otherwise) coming.delete(name);
      else coming.set(name, value);
      setParams(new URLSearchParams(coming), { replace: true });
    },
    [name, otherwise, setParams],
  );
  return [params.get(name) ?? otherwise, set];
}
