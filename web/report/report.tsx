import sortTables from 'virtual:report-script';
import { useLayoutEffect, useRef } from 'preact/hooks';
import 'virtual:report-style.css';
import { drawnFigures } from './figures.js';
import { savedTables } from './tables.js';
import './report.css';

/**
 * What src/report says, as part of the page: pictures that give their numbers to who points at them and can be saved, tables
 * that can be sorted and saved.
 * @param html made by src/report/html, which escapes what it is given.
 * @param name what files that are saved begin with.
 */
export function Report({ html, name }: { html: string; name: string }) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const root = place.current;
    if (root === null) return;
    root.innerHTML = html;
    sortTables();
    savedTables(root, name);
    return drawnFigures(root, name);
  }, [html, name]);
  return <div class="report" ref={place} />;
}
