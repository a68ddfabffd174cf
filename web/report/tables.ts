import { save } from '../words.js';

/** Gives every table a button that saves it, as it stands, for a spreadsheet. */
export function savedTables(root: HTMLElement, name: string): void {
  for (const table of root.querySelectorAll('table')) {
    const caption = table.caption?.textContent ?? 'table';
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'plain save';
    button.textContent = 'TSV';
    button.setAttribute('aria-label', `Save as TSV: ${caption}`);
    button.addEventListener('click', () => {
      save(
        `${name}.${slugOf(caption)}.tsv`,
        new Blob([textOf(table)], { type: 'text/tab-separated-values' }),
      );
    });
    (table.closest('.scroll') ?? table).after(button);
  }
}

/** Of a number that is rounded for people, the whole. */
function textOf(table: HTMLTableElement): string {
  const lines = [...table.rows].map((row) =>
    [...row.cells].map((cell) => {
      const text = (cell.textContent ?? '').replace(/\s+/g, ' ').trim();
      const { value } = cell.dataset;
      const isPlain =
        value !== undefined && Number.isFinite(Number(text.replaceAll(',', '').replace('−', '-')));
      return isPlain ? value : text === '–' ? 'NA' : text;
    }),
  );
  return lines.map((cells) => `${cells.join('\t')}\n`).join('');
}

/** A text as part of a file's name. */
export function slugOf(text: string): string {
  const slug = text
    .toLowerCase()
    .replaceAll('h²', 'h2')
    .replaceAll('χ²', 'chi2')
    .replace(/[^a-z0-9]+/g, '-');
  return slug.replace(/^-|-$/g, '').slice(0, 60);
}
