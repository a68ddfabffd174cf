import { headerNames } from './table.js';
import type { Line } from './text.js';

/**
 * Finds columns by the names in a header line, before the first of which a `#` may stand.
 *
 * @param wanted names of each column, the first of which is used in messages; case does not count.
 * @param optional those that may be absent; their field is then -1.
 * @throws HeredityError `bad-input` that lists what is missing and what there is.
 */
export function findColumns<K extends string>(
  header: Line,
  wanted: Readonly<Record<K, readonly string[]>>,
  optional: readonly NoInfer<K>[],
  fix: string,
): Record<K, number> {
  const names = headerNames(header);
  const lower = names.map((name) => name.toLowerCase());
  const keys = Object.keys(wanted) as K[];
  const fieldOf = (key: K) => {
    const aliases = wanted[key].map((alias) => alias.toLowerCase().replace(/^#/, ''));
    return lower.findIndex((name) => aliases.includes(name));
  };
  const fields = Object.fromEntries(keys.map((key) => [key, fieldOf(key)])) as Record<K, number>;
  const missing = keys
    .filter((key) => fields[key] < 0 && !optional.includes(key))
    .map((key) => wanted[key][0]);
  if (missing.length > 0) {
    const problem = `the header has no column ${missing.join(', ')}`;
    throw header.error(undefined, `${problem}; it has ${names.slice(0, 20).join(', ')}`, { fix });
  }
  const repeated = lower.findIndex((name, field) => name !== '' && lower.indexOf(name) < field);
  if (repeated >= 0)
    throw header.error(repeated, `column ${lower.indexOf(lower[repeated]) + 1} has the same name`);
  return fields;
}
