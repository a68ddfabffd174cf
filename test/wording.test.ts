import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { afterEach, describe, expect, it } from 'vitest';
import { allCommands } from '../src/cli/commands.js';
import { HeredityError } from '../src/errors.js';
import { warning } from '../src/estimate/warnings.js';
import { flagName, optionKey } from '../src/options/flags.js';
import { OPTIONS_OF_OTHERS, wordOptions } from '../src/wording.js';

const OPTION = /(?<![\w-]|var\()--[A-Za-z][\w-]*/g;

/** Every piece of text in the source, with its place. */
function textsOfSource(): { readonly text: string; readonly place: string }[] {
  const texts: { text: string; place: string }[] = [];
  for (const name of readdirSync('src', { recursive: true }) as string[]) {
    if (!name.endsWith('.ts') || name === 'report/html/style.ts') continue; // a stylesheet
    const source = ts.createSourceFile(name, readFileSync(`src/${name}`, 'utf8'), ts.ScriptTarget.Latest);
    const visit = (node: ts.Node): void => {
      if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node))
        texts.push({
          text: node.text,
          place: `${name}:${source.getLineAndCharacterOfPosition(node.pos).line + 1}`,
        });
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return texts;
}

describe('options in messages', () => {
  it('are all options that there are, or those of other programs', async () => {
    const known = new Set<string>();
    for (const entry of allCommands())
      for (const [key, flag] of Object.entries((await entry.load()).flags))
        for (const spelled of [flagName(key), ...flag.aliases]) known.add(spelled);
    const named = textsOfSource().flatMap(({ text, place }) =>
      Array.from(text.matchAll(OPTION), ([option]) => ({ option, place })),
    );
    expect(named.length).toBeGreaterThan(200);
    const unknown = named.filter(({ option }) => !known.has(option) && !OPTIONS_OF_OTHERS.has(option));
    expect(unknown).toEqual([]);
    const used = new Set(named.map(({ option }) => option));
    expect([...OPTIONS_OF_OTHERS].filter((option) => known.has(option) || !used.has(option))).toEqual([]);
    for (const spelled of known) expect(flagName(optionKey(spelled))).toBe(spelled);
  });
});

describe('a door', () => {
  afterEach(() => wordOptions(undefined));
  const message = () =>
    new HeredityError('usage', '--pheno-name names no trait', {
      value: '--maf',
      fix: 'see --N, "heredity ldsc --h2 x", or plink2 --rm-dup',
    }).message;

  it('of the command line calls options as they are typed', () => {
    expect(message()).toBe(
      '--pheno-name names no trait (found "--maf"). See --N, "heredity ldsc --h2 x", or plink2 --rm-dup',
    );
  });

  it('of another kind calls them in its own way, in errors and warnings', () => {
    wordOptions((spelled) => `‹${optionKey(spelled)}›`);
    expect(message()).toBe(
      '‹phenoName› names no trait (found "--maf"). See ‹givenSampleSize›, "heredity ldsc --h2 x", or plink2 --rm-dup',
    );
    expect(warning('note', 'see --ld-wind-kb', 'raise --probes')).toEqual({
      code: 'note',
      text: 'see ‹ldWindKb›',
      fix: 'raise ‹probes›',
    });
  });
});
