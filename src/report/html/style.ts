/** Colours of pictures where the screen is dark: those of the charts are variables (figure.ts). */
export const DARK_FIGURES = `
--c-1d2530: #e4e8ec; --c-5c6773: #a3adb8; --c-white: #14191f; --c-ffffff: #14191f; --c-0072b2: #4aa8dd; --c-73b0d5: #2f6f97;
--c-d55e00: #f08a3c; --c-009e73: #2cc79b; --c-cc79a7: #dd97bd; --c-7a4f9e: #a981cb; --c-8c510a: #c58a45;
`;

/**
 * What stands in sections: tables, pictures, warnings, people and variants. Colours are variables: --paper, --ink, --quiet,
 * --line, --shade, --link, --alarm, --alarm-shade.
 */
export const CONTENT_STYLE = `
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .92rem; }
caption { text-align: left; padding: .5rem .7rem; color: var(--quiet); caption-side: top; }
th, td { padding: .38rem .7rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
thead th { border-top: 1px solid var(--line); background: var(--shade); vertical-align: bottom; font-weight: 600; }
tbody th { font-weight: 600; }
td:not(.number) { overflow-wrap: break-word; }
td.number, th.number { text-align: right; }
td.number { white-space: nowrap; }
th button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; text-align: inherit; }
th button::after { content: ' \\2195'; color: var(--quiet); font-weight: 400; }
th[aria-sort=ascending] button::after { content: ' \\2191'; color: inherit; }
th[aria-sort=descending] button::after { content: ' \\2193'; color: inherit; }
table + .scroll, .scroll + .scroll, p + .scroll { margin-top: 1rem; }
figure { margin: 1rem 0 1.8rem; }
figure .scroll { background: var(--paper); }
figure svg { display: block; max-width: 100%; height: auto; color: var(--ink); }
figcaption { color: var(--quiet); font-size: .92rem; margin-top: .4rem; max-width: 90ch; }
.alarm { border-left: 4px solid var(--alarm); background: var(--alarm-shade); color: var(--ink); padding: .5rem .8rem; margin: .5rem 0; max-width: 90ch; }
.alarm strong { color: var(--alarm); }
ol.flow { list-style: none; padding: 0; margin: .4rem 0 1rem; max-width: 60ch; }
ol.flow li { border: 1px solid var(--line); border-radius: 6px; padding: .35rem .8rem; position: relative; margin-bottom: 1rem; background: var(--shade); }
ol.flow li.lost { margin-left: 2.2rem; background: none; }
ol.flow li + li::before { content: '\\2193'; position: absolute; top: -1.25rem; left: 1rem; color: var(--quiet); }
ol.flow li.lost::before { left: -1.2rem; }
.flows { display: flex; flex-wrap: wrap; gap: 0 3rem; }
.flows > div { flex: 1 1 300px; }
ul.warnings { list-style: none; padding: 0; }
ul.warnings > li { border-left: 4px solid var(--line); padding: .2rem 0 .2rem .8rem; margin: .8rem 0; max-width: 92ch; }
ul.warnings > li.doubt { border-color: var(--alarm); }
code, pre { font-family: ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: .88em; }
pre { overflow-x: auto; padding: .7rem; background: var(--shade); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; }
.paste { background: var(--shade); border-radius: 6px; padding: .8rem 1rem; max-width: 92ch; user-select: all; -webkit-user-select: all; }
.paste p { margin: 0 0 .6rem; max-width: none; }
.paste p:last-child { margin: 0; }
details { margin: .6rem 0; }
summary { cursor: pointer; color: var(--link); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: .5rem 0; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
.downloads a { display: inline-block; margin: 0 1rem .4rem 0; }
`;

/** The style of a report: light and dark, from a phone to paper. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1d2530; --quiet: #56616d; --line: #d8dee4; --shade: #f4f6f8; --link: #005f96;
  --alarm: #a33c00; --alarm-shade: #fff3ea;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #14191f; --ink: #e4e8ec; --quiet: #a3adb8; --line: #38414b; --shade: #1d242c; --link: #7cc4ee;
    --alarm: #ffb07a; --alarm-shade: #2c2119;
    ${DARK_FIGURES}
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif;
}
main, body > header, body > footer { max-width: 1120px; margin: 0 auto; padding: 0 24px; }
body > header { padding-top: 32px; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .4rem; }
h2 { font-size: 1.3rem; margin: 0 0 .6rem; padding-top: 1.1rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.4rem 0 .4rem; }
section { margin-top: 1.8rem; scroll-margin-top: 8px; }
p { margin: .4rem 0 .8rem; max-width: 78ch; }
a { color: var(--link); }
.lead { font-size: 1.1rem; }
.quiet { color: var(--quiet); }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 12px; top: 8px; background: var(--paper); padding: 6px 10px; z-index: 2; }
nav ul { list-style: none; padding: 0; margin: .8rem 0 0; display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
${CONTENT_STYLE}
body > footer { color: var(--quiet); font-size: .88rem; padding-top: 2rem; padding-bottom: 3rem; }
@media (max-width: 700px) {
  main, body > header, body > footer { padding-left: 14px; padding-right: 14px; }
  h1 { font-size: 1.5rem; }
  figure svg { max-width: none; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .4rem; }
}
@media print {
  :root { color-scheme: light; }
  @page { margin: 16mm; }
  body { font-size: 10.5pt; }
  main, body > header, body > footer { max-width: none; padding: 0; }
  nav, .skip, #data, details:not([open]) { display: none; }
  .scroll { overflow: visible; border: 0; }
  thead { display: table-header-group; }
  tr, figure, .alarm, ul.warnings > li { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  th button::after { content: none; }
  table { font-size: 8.5pt; }
  th, td { padding: 2pt 4pt; }
  figure svg { max-width: 100%; max-height: 225mm; }
  a { color: inherit; text-decoration: none; }
}
`;
