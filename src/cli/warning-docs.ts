import { WARNINGS, type WarningCode, warningFacts } from '../estimate/warnings.js';

/** The text of docs/warnings.md, from the catalogue that all results take their codes from. */
export function warningDocs(): string {
  const sections = (Object.keys(WARNINGS) as WarningCode[]).map(
    (code) => `## ${code}\n\n${explanation(code)}`,
  );
  const parts = [
    '# Warnings',
    '<!-- Written by scripts/write-command-docs.mjs from src/estimate/warnings.ts; do not edit. -->',
    [
      'Every warning in a result has a `code`, which programs go by, a `text` with the numbers of its case, and a `fix`: what to',
      'do in this case, or null. `heredity explain CODE` prints what stands here.',
    ].join('\n'),
    ...sections,
  ];
  return `${parts.join('\n\n')}\n`;
}

/** What a code means wherever it is seen, and what to do about it. */
export function explanation(code: WarningCode): string {
  const { short, meaning, fix } = warningFacts(code);
  return [`In tables: ${short}.`, meaning, ...(fix === undefined ? [] : [`What to do: ${fix}.`])].join(
    '\n\n',
  );
}
