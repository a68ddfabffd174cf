import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { CONTENTS, HOME } from './contents.mjs';
import { renderMarkdown } from './markdown.mjs';
import { pageOf } from './template.mjs';

/**
 * Writes every document as a page, the files that they lead to, and what search needs.
 * @param folder emptied first. @returns how many pages and other files were written.
 * @throws Error for a link that leads nowhere.
 */
export function writeSite(folder) {
  const groups = CONTENTS.map(({ title, pages = [], folder: inside }) => ({
    title,
    pages: [...pages, ...(inside ? markdownIn(inside) : [])].map((source) => ({
      source,
      address: addressOf(source),
      ...renderMarkdown(readFileSync(source, 'utf8')),
    })),
  }));
  const home = { source: HOME, address: 'index.html', ...renderMarkdown(readFileSync(HOME, 'utf8')) };
  const pages = [home, ...groups.flatMap((group) => group.pages)];
  const addresses = new Map(pages.map(({ source, address }) => [source, address]));
  const files = new Set();

  rmSync(folder, { recursive: true, force: true });
  for (const page of pages) {
    const body = page.html.replaceAll(/(href|src)="([^"]*)"/g, (_, name, target) => {
      return `${name}="${linkFrom(page, target, addresses, files)}"`;
    });
    write(join(folder, page.address), pageOf({ page: { ...page, html: body }, groups, home, pages }));
  }
  for (const file of files) {
    mkdirSync(dirname(join(folder, 'files', file)), { recursive: true });
    cpSync(file, join(folder, 'files', file));
  }
  for (const name of ['style.css', 'site.js'])
    cpSync(new URL(name, import.meta.url), join(folder, name), { recursive: true });
  cpSync('web/public/icon.svg', join(folder, 'icon.svg'));
  write(join(folder, 'search.js'), `window.SEARCH = ${JSON.stringify(searchEntries(pages))};\n`);
  return { pages: pages.length, files: files.size + 4 };
}

/** `docs/gre.md` is at gre.html, README.md at readme.html. */
const addressOf = (source) =>
  source
    .replace(/^docs\//, '')
    .replace(/[A-Z]+\.md$/, (name) => name.toLowerCase())
    .replace(/\.md$/, '.html');

const markdownIn = (folder) => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.md'));
  const first = names.filter((name) => name === 'README.md');
  return [...first, ...names.filter((name) => name !== 'README.md').sort()].map((name) => folder + name);
};

/** Where a link of a document leads in the site; files of the repository that are no documents come along. */
function linkFrom(page, target, addresses, files) {
  if (/^(https?:|mailto:)/.test(target)) return target;
  if (target.startsWith('#')) return target;
  const [path, anchor] = target.split('#');
  let source = posix.join(posix.dirname(page.source), decodeURI(path));
  if (!existsSync(source)) throw new Error(`${page.source}: the link ${target} leads nowhere`);
  if (statSync(source).isDirectory()) {
    const inside = markdownIn(source.endsWith('/') ? source : `${source}/`);
    if (inside.length === 0) throw new Error(`${page.source}: there is no document in the folder ${target}`);
    source = inside[0];
  }
  const address = addresses.get(source);
  if (address === undefined) files.add(source);
  const relative = posix.relative(posix.dirname(page.address), address ?? `files/${source}`);
  return anchor === undefined ? relative : `${relative}#${anchor}`;
}

/** A section of a page each: where it is, its titles, and its words. */
function searchEntries(pages) {
  return pages.flatMap(({ address, title, sections }) =>
    sections.map(({ id, heading, text }) => ({
      at: id === '' ? address : `${address}#${id}`,
      page: title,
      heading,
      words: [...new Set(text.toLowerCase().match(/[\p{L}\d][\p{L}\d._-]*/gu) ?? [])].join(' '),
    })),
  );
}

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
