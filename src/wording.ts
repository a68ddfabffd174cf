/**
 * Messages name an option as the command line spells it, `--pheno-name`: nothing else in them looks so, and a test holds each one
 * against the options that there are (test/wording.test.ts). A door that has no command line says how it calls them: the
 * library by the names of its options, a form by the labels of its fields.
 */
type Wording = (spelled: string) => string;

let wording: Wording | undefined;

/** Says how this door calls options in messages that are made from now on. @param by undefined: as they are typed. */
export function wordOptions(by: Wording | undefined): void {
  wording = by;
}

/** Options of other programs, and of whole command lines: the same in every door. */
export const OPTIONS_OF_OTHERS: ReadonlySet<string> = new Set([
  '--bcf',
  '--calc-tagging',
  '--check-sex',
  '--export',
  '--expose-gc',
  '--freq',
  '--glm',
  '--hardy',
  '--help',
  '--het',
  '--indiv-sort',
  '--install',
  '--linear',
  '--make-grm-d',
  '--make-king-table',
  '--mpheno',
  '--reml',
  '--rm-dup',
  '--set-missing-var-ids',
  '--sort-vars',
  '--split-par',
  '--sum-hers',
  '--validate',
  '--version',
]);

/** An option; a whole command line between quotation marks stays as it is. */
const OPTION = /"heredity [^"]*"|(?<![\w-]|var\()--[A-Za-z][\w-]*/g;

/** The message in the words of this door. */
export function worded(text: string): string {
  const by = wording;
  if (by === undefined) return text;
  return text.replace(OPTION, (found) =>
    found.startsWith('--') && !OPTIONS_OF_OTHERS.has(found) ? by(found) : found,
  );
}
