import { host } from '../../host/host.js';
import { type Html, html, trusted } from './markup.js';
import { SCRIPT } from './script.js';
import { STYLE } from './style.js';

/** A part of the page that its table of contents names. */
export interface Section {
  /** Unique, for links. */
  readonly id: string;
  readonly title: string;
  readonly body: Html;
}

export interface PageContent {
  readonly title: string;
  /** Under the title. */
  readonly lead: Html;
  readonly sections: readonly Section[];
  readonly footer: Html;
}

/**
 * A whole page that needs nothing else and fetches nothing: its policy allows the one style and the one script that it
 * carries, by their hashes, and no connection.
 */
export function page({ title, lead, sections, footer }: PageContent): string {
  const policy = [
    "default-src 'none'",
    `style-src '${hashOf(STYLE)}'`,
    `script-src '${hashOf(SCRIPT)}'`,
    'img-src data:', // the icon, which is empty: else a browser would ask for one
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const whole = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">To the results</a>
<header>
<h1>${title}</h1>
${lead}
<nav aria-label="Contents"><ul>${sections.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
</header>
<main id="content">
${sections.map(
  ({
    id,
    title: name,
    body,
  }) => html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${name}</h2>
${body}
</section>
`,
)}</main>
<footer>${footer}</footer>
${trusted(`<script>${SCRIPT}</script>`)}
</body>
</html>
`;
  return whole.text;
}

/** A source of a content security policy: `sha256-…` of what an element holds. */
function hashOf(text: string): string {
  const hash = host().sha256();
  hash.update(new TextEncoder().encode(text));
  const bytes = hash
    .hex()
    .match(/../g)!
    .map((pair) => Number.parseInt(pair, 16));
  return `sha256-${btoa(String.fromCharCode(...bytes))}`;
}
