import { createStore } from './store.js';

/** Where in the page its reader is: `#gap/tagging?r2-common=0.9`. The address holds it, so that a link is a question. */
export interface Route {
  readonly tab: string;
  readonly item: string | undefined;
  readonly query: Readonly<Record<string, string>>;
}

export const route = createStore(readRoute());

addEventListener('hashchange', () => route.set(readRoute()));

function readRoute(): Route {
  const [place, search = ''] = location.hash.slice(1).split('?', 2);
  const [tab = '', ...item] = place.split('/');
  return {
    tab: decodeURIComponent(tab),
    item: item.length === 0 ? undefined : decodeURIComponent(item.join('/')),
    query: Object.fromEntries(new URLSearchParams(search)),
  };
}

export function hashOf(tab: string, item?: string, query: Readonly<Record<string, string>> = {}): string {
  const search = new URLSearchParams(query).toString();
  const place = item === undefined ? tab : `${tab}/${encodeURIComponent(item)}`;
  return `#${place}${search === '' ? '' : `?${search}`}`;
}

/** Changes the address without a new entry in the history, as a slider that moves does. */
export function replaceRoute(tab: string, item?: string, query: Readonly<Record<string, string>> = {}): void {
  history.replaceState(null, '', hashOf(tab, item, query));
  route.set(readRoute());
}
