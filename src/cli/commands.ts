import { GAP_CATALOGUE, type GapModelName } from '../gap/catalogue.js';
import { methodNames } from '../methods/catalogue.js';
import { methodFacts } from '../methods/facts.js';
import type { Command } from './command.js';

/** One line of `heredity --help`; the command itself is loaded only when it is used. */
export interface CommandEntry {
  /** One word, or two such as `simulate genotypes`. */
  readonly name: string;
  readonly group: string;
  readonly summary: string;
  load(): Promise<Command>;
}

/** The commands that are written one by one, in the order of `heredity --help`. */
const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'h2',
    group: 'Heritability',
    summary: 'SNP-heritability by several methods on the same people, in one table and one picture',
    load: async () => (await import('./h2.js')).h2,
  },
  {
    name: 'rg',
    group: 'Heritability',
    summary: 'genetic correlation of all pairs of traits by several methods on the same people',
    load: async () => (await import('./rg.js')).rg,
  },
  {
    name: 'gre',
    group: 'Heritability',
    summary: 'SNP-heritability without a model of the genetic architecture, all traits in one run',
    load: async () => (await import('./gre/gre.js')).gre,
  },
  {
    name: 'ldsc',
    group: 'Heritability',
    summary: 'LD score regression from summary statistics: heritability, partitions, genetic correlation',
    load: async () => (await import('./ldsc/ldsc.js')).ldsc,
  },
  {
    name: 'sumher',
    group: 'Heritability',
    summary: 'heritability from test statistics under a heritability model, by category, as LDAK does',
    load: async () => (await import('./sumher/sumher.js')).sumherCommand,
  },
  {
    name: 'reml',
    group: 'Heritability',
    summary: 'variance components by restricted maximum likelihood: GREML, GREML-LDMS-I, Monte Carlo',
    load: async () => (await import('./reml/reml.js')).reml,
  },
  {
    name: 'he',
    group: 'Heritability',
    summary: 'Haseman-Elston regression: heritability of variants in all or by component, in seconds',
    load: async () => (await import('./he/he.js')).he,
  },
  {
    name: 'twin',
    group: 'Heritability',
    summary: 'heritability from twins and other relatives: ACE models, tests and intervals',
    load: async () => (await import('./twin/twin.js')).twin,
  },
  {
    name: 'merge',
    group: 'Results',
    summary: 'the result of a run from its parts, which any machines computed (--parts, --part)',
    load: async () => (await import('./merge.js')).mergeCommand(allCommands()),
  },
  {
    name: 'report',
    group: 'Results',
    summary: 'any results on one page, with pictures, warnings, methods to cite, provenance and data',
    load: async () => (await import('./report.js')).report,
  },
  {
    name: 'table',
    group: 'Results',
    summary: 'any results as one table for a paper: Markdown, LaTeX or TSV',
    load: async () => (await import('./table.js')).table,
  },
  {
    name: 'ld scores',
    group: 'Linkage disequilibrium and relationships',
    summary: 'LD scores for LD score regression, with annotations, as LDSC writes them',
    load: async () => (await import('./ld/scores.js')).ldScoresCommand,
  },
  {
    name: 'ld annotate',
    group: 'Linkage disequilibrium and relationships',
    summary: 'annotations for partitioned LD scores: allele frequency, level of LD, intervals',
    load: async () => (await import('./ld/annotate.js')).annotate,
  },
  {
    name: 'ld weights',
    group: 'Linkage disequilibrium and relationships',
    summary: 'LDAK weights, which even out linkage disequilibrium, solved exactly',
    load: async () => (await import('./ld/weights.js')).weights,
  },
  {
    name: 'ld tagging',
    group: 'Linkage disequilibrium and relationships',
    summary: 'taggings of a heritability model, as SumHer takes them',
    load: async () => (await import('./ld/tagging.js')).tagging,
  },
  {
    name: 'ld-factor',
    group: 'Linkage disequilibrium and relationships',
    summary: 'in-sample LD of a set of blocks, factored for GRE from summary statistics',
    load: async () => (await import('./gre/ld-factor.js')).ldFactor,
  },
  {
    name: 'grm',
    group: 'Linkage disequilibrium and relationships',
    summary: 'relationship matrices of all variants or of parts, as GCTA or LDAK define them',
    load: async () => (await import('./grm/grm.js')).grm,
  },
  {
    name: 'pca',
    group: 'Linkage disequilibrium and relationships',
    summary: 'principal components of unrelated people, with everybody else projected on them',
    load: async () => (await import('./pca/pca.js')).pca,
  },
  {
    name: 'assoc',
    group: 'Summary statistics',
    summary: 'linear regression of every trait on each variant, with covariates',
    load: async () => (await import('./assoc/assoc.js')).assoc,
  },
  {
    name: 'munge',
    group: 'Summary statistics',
    summary: 'GWAS results of any usual format to the Z scores that LD score regression reads',
    load: async () => (await import('./munge/munge.js')).munge,
  },
  {
    name: 'cohort',
    group: 'Genotype files',
    summary: 'from a biobank’s files to the people of an analysis: who stays, who leaves and why, components',
    load: async () => (await import('./cohort/cohort.js')).cohortCommand,
  },
  {
    name: 'convert',
    group: 'Genotype files',
    summary: 'genotypes of any format to one PLINK 1 or PLINK 2 file set, filtered',
    load: async () => (await import('./convert/convert.js')).convert,
  },
  {
    name: 'freq',
    group: 'Quality of genotypes',
    summary: 'allele frequencies of founders (.afreq), as PLINK 2 writes them',
    load: async () => (await import('./quality/freq.js')).freq,
  },
  {
    name: 'missing',
    group: 'Quality of genotypes',
    summary: 'missing genotypes of people and variants (.smiss, .vmiss)',
    load: async () => (await import('./quality/missing.js')).missing,
  },
  {
    name: 'het',
    group: 'Quality of genotypes',
    summary: 'heterozygosity and inbreeding coefficients of people (.het)',
    load: async () => (await import('./quality/het.js')).het,
  },
  {
    name: 'hardy',
    group: 'Quality of genotypes',
    summary: 'exact tests of Hardy-Weinberg equilibrium, of X too (.hardy, .hardy.x)',
    load: async () => (await import('./quality/hardy.js')).hardy,
  },
  {
    name: 'check-sex',
    group: 'Quality of genotypes',
    summary: 'sex by X and Y beside the recorded one, and aneuploidies (.sexcheck)',
    load: async () => (await import('./quality/check-sex.js')).checkSexCommand,
  },
  {
    name: 'prune',
    group: 'Quality of genotypes',
    summary: 'variants in approximate linkage equilibrium (.prune.in), by the rule of PLINK',
    load: async () => (await import('./prune/prune.js')).pruneCommand,
  },
  {
    name: 'king',
    group: 'Quality of genotypes',
    summary: 'KING-robust kinship of all pairs (.kin0), and a large set of people without relatives',
    load: async () => (await import('./king/king.js')).king,
  },
  {
    name: 'simulate genotypes',
    group: 'Simulation and studies',
    summary: 'genotypes with realistic LD, groups and families, or mosaics of real people',
    load: async () => (await import('./simulate/simulate-genotypes.js')).simulateGenotypesCommand,
  },
  {
    name: 'simulate phenotypes',
    group: 'Simulation and studies',
    summary: 'traits of known heritability and any architecture from genotypes',
    load: async () => (await import('./simulate/simulate-phenotypes.js')).simulatePhenotypesCommand,
  },
  {
    name: 'study run',
    group: 'Simulation and studies',
    summary: 'how accurate estimators are over many genetic architectures, on your own genotypes',
    load: async () => (await import('./study/study-run.js')).studyRun,
  },
  {
    name: 'study expect',
    group: 'Simulation and studies',
    summary: 'where moment estimators go for genetic architectures, without simulating traits',
    load: async () => (await import('./study/study-expect.js')).studyExpect,
  },
  {
    name: 'study compare-paper',
    group: 'Simulation and studies',
    summary: 'results of an accuracy study beside those of the GRE paper',
    load: async () => (await import('./study/compare-paper.js')).comparePaperCommand,
  },
  ...Object.entries(GAP_CATALOGUE).map(([name, summary]) => ({
    name: `gap ${name}`,
    group: 'Missing heritability',
    summary,
    load: async () =>
      name === 'non-additive'
        ? (await import('./gap/gap-non-additive.js')).gapNonAdditive
        : (await import('./gap/gap.js')).gapCommand(name as GapModelName),
  })),
  {
    name: 'gap account',
    group: 'Missing heritability',
    summary: 'from twin to SNP heritability, mechanism by mechanism, with intervals',
    load: async () => (await import('./gap/gap-account.js')).gapAccount,
  },
  {
    name: 'page',
    group: 'Help',
    summary: 'forms, runs, results and models in the browser, for files of this machine',
    load: async () => (await import('./page/page.js')).pageCommand(allCommands()),
  },
  {
    name: 'explain',
    group: 'Help',
    summary: 'what the code of a warning means, and what to do about it',
    load: async () => (await import('./explain.js')).explain,
  },
  ...(
    [
      ['list', 'reference data that can be had by name, and what is on this machine'],
      ['get', 'downloads reference data by name, checked and resumable'],
      ['add', 'gives reference data that you have a name'],
      ['verify', 'whether reference data are still what they were'],
      ['path', 'the path that a name of reference data stands for'],
    ] as const
  ).map(([word, summary]) => ({
    name: `ref ${word}`,
    group: 'Reference data',
    summary,
    load: async () => {
      const ref = await import('./ref/ref.js');
      return {
        list: ref.refList,
        get: ref.refGet,
        add: ref.refAdd,
        verify: ref.refVerify,
        path: ref.refPath,
      }[word];
    },
  })),
  {
    name: 'completion',
    group: 'This machine',
    summary: 'a script by which bash, zsh or fish completes commands, flags, values and files',
    load: async () => (await import('./completion/completion.js')).completionCommand(allCommands()),
  },
  {
    name: 'doctor',
    group: 'This machine',
    summary: 'kernels, threads, memory and versions in use, and why a faster choice is not',
    load: async () => (await import('./doctor.js')).doctor,
  },
];

/** Methods whose own command does more than the catalogue: other inputs, conventions and files. */
const OWN_COMMANDS = new Set(['gre', 'he', 'ldsc', 'twin']);

/** Every command: those above, and one for each method of the catalogue by its name. */
export function allCommands(): readonly CommandEntry[] {
  const methods = methodNames()
    .filter((name) => !OWN_COMMANDS.has(name))
    .map((name): CommandEntry => {
      const load = async () => (await import('./method-command.js')).methodCommand(name);
      return { name, group: 'One method by its name', summary: methodFacts(name).summary, load };
    });
  return [...COMMANDS, ...methods];
}
