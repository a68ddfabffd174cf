import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { heredity } from '../cli/run.js';
import { folderWith } from '../formats/folder.js';

/** A flag that means nothing in the way a command is used, with a file that does not exist where it names one. */
const MEANINGLESS: readonly (readonly [string, string, RegExp])[] = [
  ['reml --grm @g --pheno @y', '--chr 1', /--chr means nothing with --grm/],
  ['reml --grm @g --pheno @y', '--maf 0.3', /--maf means nothing with --grm/],
  ['reml --grm @g --pheno @y', '--extract @absent', /--extract means nothing with --grm/],
  ['reml --grm @g --pheno @y', '--ldms', /--ldms means nothing with --grm/],
  ['reml --grm @g --pheno @y', '--bfile @absent', /--bfile means nothing with --grm/],
  ['reml --grm @g --pheno @y', '--mgrm @absent', /--mgrm means nothing with --grm/],
  ['reml --mgrm @g --pheno @y', '--model human-default', /--model means nothing with --mgrm/],
  ['reml --grm @g --pheno @y', '--vectors 5', /--vectors means nothing with --grm/],
  ['reml --bfile @b --pheno @y', '--vectors 30', /--vectors means nothing without --method monte-carlo/],
  ['reml --bfile @b --pheno @y', '--annot @absent', /--annot means nothing without --method monte-carlo/],
  [
    'reml --bfile @b --pheno @y',
    '--maf-cuts 0.01',
    /--maf-cuts means nothing without --ldms or --partition maf-ld/,
  ],
  [
    'reml --bfile @b --pheno @y --partition chromosome',
    '--ld-scores @absent',
    /--ld-scores means nothing without/,
  ],
  ['reml --bfile @b --pheno @y', '--ascertainment 0.5', /--ascertainment means nothing without --prevalence/],
  [
    'reml --method monte-carlo --bfile @b --pheno @y',
    '--grm-cutoff 0.05',
    /--grm-cutoff means nothing with --method monte-carlo/,
  ],
  [
    'reml --method monte-carlo --bfile @b --pheno @y',
    '--reml-alg em',
    /--reml-alg means nothing with --method monte-carlo/,
  ],
  [
    'reml --method monte-carlo --bfile @b --pheno @y',
    '--missing mean',
    /--missing means nothing with --method monte-carlo/,
  ],
  [
    'reml --method monte-carlo --bfile @b --pheno @y',
    '--thin-annot',
    /--thin-annot means nothing without --annot/,
  ],
  ['he --grm @g --pheno @y', '--ldms', /--ldms means nothing with --grm/],
  ['he --grm @g --pheno @y', '--geno 0.1', /--geno means nothing with --grm/],
  ['he --mgrm @g --pheno @y', '--jackknife-blocks 10', /--jackknife-blocks means nothing with --mgrm/],
  ['he --bfile @b --pheno @y', '--grm-cutoff 0.1', /--grm-cutoff means nothing without --grm or --mgrm/],
  ['he --bfile @b --pheno @y --exact-traces', '--vectors 50', /--vectors means nothing with --exact-traces/],
  ['grm --grm @g', '--maf 0.1', /--maf means nothing with --grm/],
  ['grm --grm @g', '--partition chromosome', /--partition means nothing with --grm/],
  ['grm --mgrm @g', '--mind 0.1', /--mind means nothing with --mgrm/],
  ['grm --bfile @b', '--leave-out', /--leave-out means nothing without --partition/],
];

describe('a flag that means nothing is refused before any file is read', () => {
  it.each(MEANINGLESS)('%s %s', async (usage, flag, message) => {
    const folder = folderWith();
    const words = `${usage} ${flag}`.split(' ').map((word) => word.replace('@', `${folder}/`));
    const { exitCode, stderr } = await heredity([...words, '--out', join(folder, 'out')]);
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is told from a default that is given', async () => {
    const folder = folderWith();
    writeFileSync(join(folder, 'y'), 'FID IID y\n');
    const words = ['reml', '--grm', join(folder, 'g'), '--pheno', join(folder, 'y'), '--method', 'exact'];
    const { exitCode, stderr } = await heredity([...words, '--out', join(folder, 'out')]);
    expect([exitCode, stderr]).toEqual([expect.any(Number), expect.not.stringContaining('means nothing')]);
  });
});
