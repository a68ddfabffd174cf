/** The navigation: every document, in groups, in the order in which a reader needs them. A test finds those that are missing. */
export const CONTENTS = [
  {
    title: 'First',
    pages: [
      'docs/quick-start.md',
      'docs/which-estimator.md',
      'docs/reading-a-result.md',
      'docs/faq.md',
      'docs/migrating.md',
      'docs/glossary.md',
      'docs/citing.md',
    ],
  },
  {
    title: 'Data',
    pages: [
      'docs/files.md',
      'docs/files-cohort.md',
      'docs/files-ld.md',
      'docs/files-twins.md',
      'docs/genotype-files.md',
      'docs/quality-control.md',
      'docs/cohort.md',
      'docs/association.md',
      'docs/munge.md',
      'docs/ld-scores.md',
      'docs/reference-data.md',
    ],
  },
  {
    title: 'Estimators',
    pages: [
      'docs/gre.md',
      'docs/ldsc.md',
      'docs/ldak.md',
      'docs/reml.md',
      'docs/monte-carlo-reml.md',
      'docs/he.md',
      'docs/case-control.md',
      'docs/missing-heritability.md',
    ],
  },
  {
    title: 'How good they are',
    pages: [
      'docs/simulation.md',
      'docs/accuracy-study.md',
      'docs/accuracy-findings.md',
      'docs/verification.md',
    ],
  },
  {
    title: 'Reference',
    pages: [
      'docs/commands.md',
      'docs/outputs.md',
      'docs/warnings.md',
      'docs/exit-codes.md',
      'docs/library.md',
      'docs/page.md',
      'docs/memory.md',
      'docs/cluster.md',
      'CHANGELOG.md',
    ],
  },
  { title: 'Formulas', folder: 'docs/methods/' },
  {
    title: 'How it is made',
    pages: ['README.md', 'CONTRIBUTING.md', 'docs/data-flow.md'],
    folder: 'docs/decisions/',
  },
];

export const HOME = 'docs/README.md';
