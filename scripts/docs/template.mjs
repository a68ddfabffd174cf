import { posix } from 'node:path';

/** A whole page: the navigation, the document, its own contents, and what comes before and after it. */
export function pageOf({ page, groups, home, pages }) {
  const to = (address) => posix.relative(posix.dirname(page.address), address);
  const isHome = page === home || page.address === home.address;
  const navigation = groups
    .map(({ title, pages: own }) => {
      const isOpen = isHome ? title === 'First' : own.some(({ address }) => address === page.address);
      const links = own.map(({ address, title: name }) => {
        const here = address === page.address ? ' aria-current="page"' : '';
        return `<li><a href="${to(address)}"${here}>${short(name)}</a></li>`;
      });
      return `<details${isOpen ? ' open' : ''}><summary>${title}</summary><ul>${links.join('')}</ul></details>`;
    })
    .join('\n');
  const at = pages.findIndex(({ address }) => address === page.address);
  const beside = [
    [pages[at - 1], 'prev', '←'],
    [pages[at + 1], 'next', '→'],
  ].map(([other, rel, arrow]) => {
    if (other === undefined || isHome) return '<span></span>';
    const name = other.address === home.address ? 'Home' : short(other.title);
    const text = rel === 'prev' ? `${arrow} ${name}` : `${name} ${arrow}`;
    return `<a rel="${rel}" href="${to(other.address)}">${text}</a>`;
  });
  const inside = page.headings.filter(({ depth }) => depth === 2);
  const contents =
    isHome || inside.length < 3
      ? ''
      : `<aside class="contents" aria-label="On this page"><details><summary>On this page</summary><ul>${inside
          .map(({ id, html }) => `<li><a href="#${id}">${html}</a></li>`)
          .join('')}</ul></details></aside>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${isHome ? 'heredity: SNP-heritability from genotypes and from GWAS results' : `${escaped(page.title)} · heredity`}</title>
<link rel="stylesheet" href="${to('style.css')}">
<link rel="icon" href="${to('icon.svg')}" type="image/svg+xml">
</head>
<body${isHome ? ' class="home"' : ''}>
<a class="skip" href="#text">To the text</a>
<header>
<a class="name" href="${to('index.html')}">heredity</a>
<form role="search" class="search"><input type="search" placeholder="Search the documents" aria-label="Search the documents" autocomplete="off"></form>
</header>
<div class="frame">
<nav aria-label="Documents"><details class="menu" open><summary>All documents</summary>
${navigation}
</details></nav>
<main id="text" tabindex="-1">
<div id="found" hidden></div>
<article>
${contents}
${page.html}
</article>
<footer>${beside.join('')}</footer>
</main>
</div>
<script src="${to('search.js')}" defer></script>
<script src="${to('site.js')}" data-root="${to('index.html').slice(0, -'index.html'.length)}" defer></script>
</body>
</html>
`;
}

/** The part of a title before its colon, which is enough in a list. */
const short = (title) => escaped(/^\d/.test(title) ? title : title.replace(/:.*/, ''));

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
