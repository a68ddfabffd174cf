// Search within the site, copying of commands, and the navigation of small screens. Nothing is asked of any server.
{
  const root = document.currentScript.dataset.root;
  const input = document.querySelector('.search input');
  const found = document.querySelector('#found');
  const article = document.querySelector('article');
  const MOST = 30;

  /** Sections that have every word, those with it in a title first. */
  function sectionsWith(words) {
    const scored = [];
    for (const entry of window.SEARCH ?? []) {
      const title = `${entry.page} ${entry.heading}`.toLowerCase();
      let score = 0;
      for (const word of words) {
        if (entry.heading.toLowerCase() === word || entry.heading.toLowerCase() === `heredity ${word}`)
          score += 8;
        if (title.includes(word)) score += 3;
        else if (entry.words.split(' ').some((own) => own.startsWith(word))) score += 1;
        else if (!entry.words.includes(word)) score = Number.NEGATIVE_INFINITY;
      }
      if (score > Number.NEGATIVE_INFINITY) scored.push([score, entry]);
    }
    return scored.sort(([a], [b]) => b - a).map(([, entry]) => entry);
  }

  function show() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    found.hidden = words.length === 0;
    article.hidden = words.length > 0;
    found.replaceChildren();
    if (words.length === 0) return;
    const all = sectionsWith(words);
    const heading = document.createElement('p');
    heading.setAttribute('role', 'status');
    heading.textContent =
      all.length === 0
        ? `Nothing has ${words.map((word) => `“${word}”`).join(' and ')}`
        : all.length > MOST
          ? `The first ${MOST} of ${all.length} sections`
          : `${all.length} section${all.length === 1 ? '' : 's'}`;
    const list = document.createElement('ul');
    for (const entry of all.slice(0, MOST)) {
      const item = document.createElement('li');
      const link = document.createElement('a');
      link.href = root + entry.at;
      link.textContent = entry.heading;
      const where = document.createElement('span');
      where.textContent = entry.page === entry.heading ? '' : ` in ${entry.page}`;
      link.addEventListener('click', () => {
        input.value = '';
        show();
      });
      item.append(link, where);
      list.append(item);
    }
    found.append(heading, list);
  }
  input.addEventListener('input', show);
  input.form.addEventListener('submit', (event) => {
    event.preventDefault();
    found.querySelector('a')?.click();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === '/' && !/^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      input.focus();
    }
    if (event.key === 'Escape' && input.value !== '') {
      input.value = '';
      show();
    }
  });
  if (matchMedia('(max-width: 900px)').matches) document.querySelector('nav .menu').open = false;

  for (const code of document.querySelectorAll('pre > code.sh')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Copy';
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = 'Copied';
      setTimeout(() => {
        button.textContent = 'Copy';
      }, 1500);
    });
    code.parentElement.parentElement.append(button);
  }
}
