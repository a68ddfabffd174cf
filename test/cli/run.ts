import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import { main } from '../../src/cli/main.js';
import { flatTraits } from './flat-traits.js';
import { RecordingStream } from './text-stream.js';

/** Runs a command line (the words after `heredity`) on the real commands. */
export async function heredity(words: readonly string[]) {
  const [stdout, stderr] = [new RecordingStream(), new RecordingStream()];
  const exitCode = await main(words, { stdout, stderr });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

/**
 * The result document of the only method that wrote under a prefix; undefined where none did.
 * @param names methods that may have written it. @default any
 */
export function resultUnder(out: string, names?: readonly string[]) {
  const [folder, prefix] = [dirname(out), `${basename(out)}.`];
  const isResult = (rest: string) =>
    names ? names.some((own) => rest === `${own}.json`) : /^[\w-]+\.json$/.test(rest);
  const [name, ...others] = readdirSync(folder).filter(
    (file) => file.startsWith(prefix) && isResult(file.slice(prefix.length)),
  );
  expect(others).toEqual([]);
  return name === undefined ? undefined : checkedJson(readFileSync(join(folder, name), 'utf8'));
}

/** Reads a JSON document and checks it against the schema of its name in docs/schemas; a result has {@link flatTraits} besides. */
export function checkedJson(text: string) {
  const document = JSON.parse(text);
  const schemaOf = (name: string) =>
    JSON.parse(readFileSync(new URL(`../../docs/schemas/${name}.schema.json`, import.meta.url), 'utf8'));
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  for (const name of ['provenance', 'pictures']) ajv.addSchema(schemaOf(name));
  const [, name] = /^heredity\/(.*)@\d+$/.exec(document.schema)!;
  expect(ajv.validate(schemaOf(name), document), ajv.errorsText()).toBe(true);
  return document.schema === 'heredity/result@1' ? { ...document, traits: flatTraits(document) } : document;
}
