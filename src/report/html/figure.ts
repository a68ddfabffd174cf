import { escapeHtml, type Html, html, trusted } from './markup.js';

/**
 * A picture in a page, wider than a phone where it has to be. Its colours become variables, which the page's dark style
 * replaces; it has no style of its own, as the policy of the page asks.
 * @param svg as the charts draw it, its title inside.
 */
export function figure(svg: string, caption: Html): Html {
  const title = /<title>([^<]*)<\/title>/.exec(svg)?.[1] ?? '';
  const inline = svg
    .replace(/<title>[^<]*<\/title>/, '')
    .replace(/^<svg /, `<svg role="img" aria-label="${title.replaceAll('"', '&quot;')}" `)
    // what marks are called says nothing without their numbers, and a group that is no image may have no name
    .replace(/(<g\b[^>]*?) aria-label="[^"]*"/g, '$1')
    .replace(/="#([0-9a-f]{6})"/g, '="var(--c-$1, #$1)"')
    .replace(/="white"/g, '="var(--c-white, white)"');
  return html`<figure>
<div class="scroll" role="region" aria-label="${trusted(title.replaceAll('"', '&quot;'))}, picture" tabindex="0">${trusted(inline)}</div>
<figcaption>${caption}</figcaption>
</figure>
`;
}

/** A link that saves a text as a file. */
export function download(name: string, text: string, type: string): Html {
  return trusted(
    `<a download="${escapeHtml(name)}" href="data:${type};charset=utf-8,${encodeURIComponent(text)}">${escapeHtml(name)}</a>`,
  );
}
