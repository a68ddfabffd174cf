import { Marked } from 'marked';

/**
 * A document as HTML, with an anchor at every heading as forges make them.
 * @returns its title, its HTML, its headings of level 2 and 3 for the contents, and its sections for search.
 */
export function renderMarkdown(source) {
  const used = new Map();
  const headings = [];
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }) {
        const html = this.parser.parseInline(tokens);
        const id = anchorOf(plain(html), used);
        headings.push({ id, depth, html, text: plain(html) });
        const link =
          depth === 1 ? '' : ` <a class="anchor" href="#${id}" aria-label="Link to this section">#</a>`;
        return `<h${depth} id="${id}">${html}${link}</h${depth}>\n`;
      },
      table(token) {
        const row = (cells, tag) =>
          `<tr>${cells
            .map(({ tokens, align }) => {
              const place = align ? ` class="${align}"` : '';
              return `<${tag}${place}>${this.parser.parseInline(tokens)}</${tag}>`;
            })
            .join('')}</tr>`;
        const head = token.header.some(({ text }) => text.trim() !== '')
          ? `<thead>${row(token.header, 'th')}</thead>`
          : '';
        const body = token.rows.map((cells) => row(cells, 'td')).join('\n');
        return `<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>${head}<tbody>${body}</tbody></table></div>\n`;
      },
      code({ text, lang }) {
        const kind = lang ? ` class="${lang}"` : '';
        return `<div class="code"><pre tabindex="0"><code${kind}>${escaped(text)}\n</code></pre></div>\n`;
      },
    },
  });
  const html = marked.parse(source.replaceAll(/<!--.*?-->\n?/gs, ''));
  const title = headings.find(({ depth }) => depth === 1)?.text ?? '';
  return { title, html, headings, sections: sectionsOf(html, headings, title) };
}

/** As GitHub and GitLab make them: letters and digits in small, hyphens for spaces, a number behind the second of a name. */
function anchorOf(text, used) {
  const name = text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
    .replaceAll(' ', '-');
  const times = used.get(name) ?? 0;
  used.set(name, times + 1);
  return times === 0 ? name : `${name}-${times}`;
}

const NAMED = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' };
const plain = (html) =>
  html.replaceAll(/<[^>]*>/g, '').replaceAll(/&(lt|gt|quot|#39|amp);/g, (_, name) => NAMED[name]);

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** The text below each heading, up to the next one. */
function sectionsOf(html, headings, title) {
  const parts = html.split(/<h[1-6] id="[^"]*">.*?<\/h[1-6]>\n/s);
  const [before, ...others] = parts;
  const sections = others.map((part, i) => {
    const { id, depth, text } = headings[i];
    return { id: depth === 1 ? '' : id, heading: text, text: `${text} ${plain(part)}` };
  });
  return before.trim() === '' ? sections : [{ id: '', heading: title, text: plain(before) }, ...sections];
}
