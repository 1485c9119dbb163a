import { sessionPath, tokenPrefix } from '../shared/contract/bridge.ts';

/** Kept for this address and port: other tabs and a page that is loaded again need no new token. */
const storedName = 'vernier-key';

/** @returns the key that the browser host knows this browser by; null where it has none, or does not take the token. */
export async function readSession(): Promise<string | null> {
  const { hash } = window.location;
  if (!hash.startsWith(tokenPrefix)) return window.localStorage.getItem(storedName);
  // Out of the address bar and the history at once.
  window.history.replaceState(null, '', window.location.pathname);
  const response = await fetch(sessionPath, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: hash.slice(tokenPrefix.length) }),
  });
  // An address that was opened before, in this browser perhaps.
  if (!response.ok) return window.localStorage.getItem(storedName);
  const { key } = (await response.json()) as { readonly key: string };
  window.localStorage.setItem(storedName, key);
  return key;
}
