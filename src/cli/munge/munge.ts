import { HeredityError } from '../../errors.js';
import { defineCommand } from '../command.js';
import { GIVEN, keys, without } from '../modes.js';
import { mungeFiles } from './many-files.js';
import { mungeFile } from './munge-file.js';
import { checkFlags, mungeFlags } from './munge-flags.js';
import { mungePlan } from './munge-plan.js';
import { writeMunged } from './munge-report.js';

export const munge = defineCommand({
  description:
    'Turns the results of a GWAS into the Z scores that LD score regression reads, with the rules of LDSC (munge_sumstats). ' +
    'Recognises the columns of the usual programs and formats, says how it reads them before it begins, and counts what every rule removes. ' +
    'Several files are munged one by one, each with outputs of its own; one that cannot be is named with the reason, and does not end the others.',
  flags: mungeFlags,
  argument: 'files',
  examples: [
    { line: 'heredity munge --sumstats gwas.txt.gz --out trait', what: 'columns by their names' },
    {
      line: 'heredity munge --sumstats gwas.txt --merge-alleles w_hm3.snplist --N 100000 --out trait',
      what: 'HapMap 3 variants only, and the sample size by hand',
    },
    {
      line: 'heredity munge --sumstats daner.gz --neff --out disease',
      what: 'a case-control study with its effective sample size',
    },
    {
      line: 'heredity munge gwas/*.txt.gz --merge-alleles w_hm3.snplist --out munged',
      what: 'many studies; with --parts 4 --part 1 a quarter of them, for "heredity merge"',
    },
  ],
  outputs: [
    { file: '<out>.sumstats.gz', what: 'SNP A1 A2 Z N, as LDSC reads them' },
    { file: '<out>.munge.json', what: 'columns as read, counts, diagnostics, provenance' },
    { file: '<out>.munge.tsv', what: 'what every rule removed' },
    { file: '<out>.munge.svg', what: 'quantiles of chi-square beside those of chance; also .png' },
    { file: '<out>.munge.log', what: 'what was printed' },
    { file: '<out>.<file>.sumstats.gz', what: 'of several files: the same of each, by its name' },
    {
      file: '<out>.<file>.munge.json',
      what: 'likewise; <out>.munge.json then says what became of which file',
    },
    { file: '<out>.<file>.munge.tsv', what: 'likewise' },
    { file: '<out>.<file>.munge.svg', what: 'likewise; also .png' },
  ],
  modes: [
    { when: { files: GIVEN }, flags: without(keys(mungeFlags), ['sumstats']) },
    { when: {}, flags: without(keys(mungeFlags), ['files', 'parts', 'part']), needs: ['sumstats'] },
  ],
  plan({ files = [], ...flags }) {
    checkFlags(flags);
    return mungePlan(files.length > 0 ? files : [flags.sumstats!], flags);
  },
  async run({ files = [], ...flags }, context) {
    checkFlags(flags);
    const [sumstats = flags.sumstats, second] = files;
    if (second !== undefined) return mungeFiles(files, flags, context);
    if (context.division)
      throw new HeredityError('usage', 'one file is munged in one part', {
        fix: 'leave out --parts and --part, or give several files',
      });
    const done = await mungeFile({ ...flags, sumstats: sumstats! }, context);
    return writeMunged(flags.out, context, done);
  },
});
