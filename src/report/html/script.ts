/**
 * The only script of a report: heads of sortable tables become buttons. Without it the page says all the same.
 * Numbers are sorted as `data-value` has them, what is missing goes last.
 */
export const SCRIPT = `
'use strict';
for (const table of document.querySelectorAll('table.sortable')) {
  table.classList.replace('sortable', 'sorted'); // once
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => {
      const descending = head.getAttribute('aria-sort') === 'ascending';
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      const keyed = [...table.tBodies[0].rows].map((row) => {
        const { dataset, textContent } = row.cells[column];
        return { row, value: 'value' in dataset ? Number(dataset.value) : textContent === '–' ? null : textContent };
      });
      const { compare } = new Intl.Collator([], { numeric: true });
      const order = (a, b) => typeof a === 'number' && typeof b === 'number' ? a - b : compare(a, b);
      keyed.sort((a, b) => a.value === null || b.value === null
        ? (a.value === null) - (b.value === null)
        : descending ? order(b.value, a.value) : order(a.value, b.value));
      table.tBodies[0].append(...keyed.map(({ row }) => row));
    });
  });
}
`;
