import { HeredityError } from '../errors.js';
import { WARNINGS, type WarningCode, warningFacts } from '../estimate/warnings.js';
import { didYouMean } from '../formats/near-names.js';
import { string } from '../options/flags.js';
import { textTable } from '../report/table.js';
import { defineCommand } from './command.js';
import { explanation } from './warning-docs.js';

const CODES = Object.keys(WARNINGS) as WarningCode[];

export const explain = defineCommand({
  description:
    'Says what the code of a warning means, wherever it is seen, and what to do about it: codes stand in the JSON and TSV of ' +
    'every result. Without a code it lists them all. docs/warnings.md has the same.',
  flags: {
    code: string('code of a warning, such as blocks-overlap; may stand without --code', {
      placeholder: 'code',
      words: CODES,
      defaultText: 'a list of all',
    }),
  },
  argument: 'code',
  examples: [
    { line: 'heredity explain blocks-overlap', what: 'one code' },
    { line: 'heredity explain', what: 'all codes in a few words' },
  ],
  run({ code }, { log }) {
    log.result(code === undefined ? listOfCodes() : explanation(codeNamed(code)));
  },
});

/** @throws HeredityError `usage` for what is no code of a warning. */
function codeNamed(text: string): WarningCode {
  const code = CODES.find((one) => one === text.toLowerCase());
  if (code !== undefined) return code;
  throw new HeredityError('usage', 'not the code of a warning', {
    value: text,
    fix: didYouMean(text, CODES) ?? '"heredity explain" lists all codes',
  });
}

function listOfCodes(): string {
  return textTable(
    [
      { name: 'code', value: (code: WarningCode) => code },
      { name: 'short', header: 'in tables', value: (code: WarningCode) => warningFacts(code).short },
    ],
    CODES,
  );
}
