import { HeredityError } from '../../errors.js';
import { writeOutput } from '../../formats/output.js';
import { type Account, accountForGap, type Measured, type Mechanism } from '../../gap/account.js';
import { readSnp, readTwin } from '../../gap/account-estimates.js';
import { GAP_CATALOGUE } from '../../gap/catalogue.js';
import { readMeasured } from '../../gap/measured.js';
import { GAP_MODELS } from '../../gap/models.js';
import { loadKernels } from '../../kernels/load.js';
import { runFlags } from '../../options/common-flags.js';
import {
  boolean,
  choice,
  defineFlags,
  type Flag,
  integer,
  list,
  required,
  string,
} from '../../options/flags.js';
import { type AccountRow, accountChart, accountRows } from '../../report/account.js';
import { type Column, textTable, tsv } from '../../report/table.js';
import { writeChart } from '../../report/write-chart.js';
import { writePage } from '../../report/write-document.js';
import type { RecordedRun } from '../../run.js';
import { defineCommand } from '../command.js';
import { gapOutputFlags } from './gap.js';
import { parseMechanismInputs, readInputs, typedName } from './gap-flags.js';

const ESTIMATES = { heading: 'Estimates' } as const;

/** One model and its inputs; the flag is repeated for more, and the order is that in which they count. */
function mechanismFlag(): Flag<readonly string[] | undefined> {
  const flag = list(
    'a model and its inputs as value or value:se, such as tagging:r2-common=0.9:0.02,h2-common=0.2; the first counts first',
    {
      heading: 'Mechanisms',
      placeholder: 'model:inputs',
      words: Object.keys(GAP_CATALOGUE),
      defaultText: 'none',
    },
  );
  return {
    ...flag,
    expected: 'a model, a colon and its inputs',
    parse: (text) => (text === '' ? undefined : [text]),
  };
}

/** What was measured, and the result; the flag is repeated for more. */
function measuredFlag(): Flag<readonly string[] | undefined> {
  const flag = list(
    'what results of the cohort say, counted before all mechanisms: dominance=FILE, pedigree=FILE (of --bK), confounding=FILE (of ldsc), tagging=FILE,FILE (of all variants and of a random part)',
    { heading: 'Mechanisms', placeholder: 'name=result', defaultText: 'none' },
  );
  return {
    ...flag,
    expected: 'a name, = and a result',
    parse: (text) => (text === '' ? undefined : [text]),
  };
}

const accountFlags = defineFlags({
  twin: required(
    string('twin heritability, share of variance: value, value:se, or a .twin.json', {
      ...ESTIMATES,
      mayBeFile: true,
      placeholder: 'estimate',
    }),
  ),
  twinModel: string('model of the .twin.json whose a2 is the twin heritability', {
    ...ESTIMATES,
    placeholder: 'model',
    defaultText: 'the one with the lowest AIC',
  }),
  snp: required(
    string('SNP heritability, share of variance: value, value:se, or the JSON of an estimator', {
      ...ESTIMATES,
      mayBeFile: true,
      placeholder: 'estimate',
    }),
  ),
  snpTrait: string('trait of that JSON', { ...ESTIMATES, defaultText: 'its only trait' }),
  snpMethod: string('method of that JSON, where it has several', {
    ...ESTIMATES,
    defaultText: 'its only method',
  }),
  snps: choice(
    'whether the SNP estimate sums over all SNPs or over significant ones',
    ['all', 'significant'],
    {
      ...ESTIMATES,
      default: 'all',
    },
  ),
  measured: measuredFlag(),
  mechanism: mechanismFlag(),
  draws: integer('Monte Carlo draws of the uncertain inputs', {
    heading: 'Mechanisms',
    min: 100,
    max: 1_000_000,
    default: 10_000,
  }),
  seed: runFlags.seed,
  ...gapOutputFlags,
  report: boolean('write a page with the account, its pictures, warnings and provenance as well', {
    heading: 'Output',
    goesWith: ['out'],
  }),
});

export const gapAccount = defineCommand({
  description:
    'The account of missing heritability: from the twin estimate, mechanism by mechanism, to the SNP estimate. Each ' +
    'mechanism is a model of "heredity gap" with its inputs; inputs with a standard error are drawn, and every amount gets ' +
    'a 95 % interval. Mechanisms that claim different pools of variance add up. Those that claim the same pool (a badly ' +
    'tagged rare variant and a variant too rare for the array are the same variant) count only what they add to the ones ' +
    'before, and the rest is listed as counted twice. What results of the cohort show (--measured) counts first, each with its error and its assumption. What no mechanism explains is left over. Amounts are shares of variance.',
  flags: accountFlags,
  examples: [
    {
      line: 'heredity gap account --twin 0.52:0.067 --snp 0.31:0.02 --mechanism tagging:r2-low-frequency=0.25:0.05 --mechanism structural',
      what: 'the example of the chapter, with two mechanisms',
    },
    {
      line: 'heredity gap account --twin bmi.twin.json --snp bmi.gre.json --mechanism rare-variants:g=0.3:0.1 --out bmi',
      what: 'from our own estimates',
    },
    {
      line: 'heredity gap account --twin bmi.twin.json --snp bmi.gre.json --measured dominance=bmi.gre.json --measured pedigree=family.greml.json --out bmi',
      what: 'from what the cohort itself shows, without numbers of any textbook',
    },
  ],
  outputs: [
    { file: '<out>.account.json', what: 'every step with intervals, what is left, provenance' },
    { file: '<out>.account.tsv', what: 'one row a step' },
    { file: '<out>.account.svg', what: 'the waterfall; also .png' },
    { file: '<out>.account.html', what: 'with --report: all of it on one page' },
    { file: '<out>.gap-account.log', what: 'what was printed' },
  ],
  async run(flags, context) {
    const { log, provenance } = context;
    const twin = await readTwin(flags.twin, flags.twinModel, context);
    const which = { trait: flags.snpTrait, method: flags.snpMethod };
    const snp = await readSnp(flags.snp, which, twin.scale, context);
    const measured: Measured[] = [];
    for (const text of flags.measured ?? [])
      measured.push(
        await readMeasured(text, { trait: flags.snpTrait, method: undefined, twin, snp }, context),
      );
    const assumptions = [
      ...twin.notes,
      ...snp.notes,
      ...measured.map(({ name, assumption }) => `${name}: ${assumption}`),
    ];
    const mechanisms: Mechanism[] = [];
    for (const text of flags.mechanism ?? []) mechanisms.push(await readMechanism(text, context));
    const kernels = loadKernels();
    provenance.usesBackend(kernels);
    const account = accountForGap({
      twin: twin.estimate,
      snp: snp.estimate,
      snps: flags.snps,
      measured,
      mechanisms,
      draws: flags.draws,
      normals(quantity, draws) {
        const out = new Float64Array(draws);
        kernels.normal(flags.seed, quantity, 0, out);
        return out;
      },
    });
    for (const note of assumptions) log.info(note);
    for (const note of account.notes) log.warn(note);
    const document = {
      schema: 'heredity/gap-account@1',
      method: 'gap account',
      snps: flags.snps,
      scale: twin.scale ?? snp.scale ?? null,
      assumptions,
      ...account,
      warnings: account.notes,
      provenance: await provenance.finish(),
    };
    const text = `${JSON.stringify(document, null, 1)}\n`;
    log.result(flags.json ? text : accountTables(account));
    const { out } = flags;
    if (out === undefined) return;
    const svg = await accountChart(account);
    await writeOutput(`${out}.account.json`, text);
    await writeOutput(`${out}.account.tsv`, tsv(TSV_COLUMNS, accountRows(account)));
    const pictures = await writeChart(`${out}.account`, svg);
    if (flags.report) await writePage(`${out}.account.json`, document);
    const endings = ['.tsv', ...pictures, ...(flags.report ? ['.html'] : [])].map((end) => `.account${end}`);
    log.info(`Written: ${[`${out}.account.json`, ...endings, '.log'].join(', ')}`);
  },
});

/** `tagging:r2-common=0.9:0.02,h2-common=0.2` */
async function readMechanism(text: string, { provenance }: RecordedRun): Promise<Mechanism> {
  const [name] = text.split(':', 1);
  const words = text
    .slice(name.length + 1)
    .split(',')
    .filter((word) => word !== '');
  const model = GAP_MODELS.find((one) => one.name === name);
  if (!model) {
    throw new HeredityError('usage', 'not a model of missing heritability', {
      value: name,
      expected: `one of ${GAP_MODELS.map((one) => one.name).join(', ')}`,
    });
  }
  const given = parseMechanismInputs(model, words);
  const others = await readInputs(
    model,
    Object.fromEntries(
      given.filter(({ input }) => input.kind !== 'number').map(({ name, value }) => [name, value]),
    ),
    (file) => provenance.input(file),
  );
  const numbers = given
    .filter(({ input }) => input.kind === 'number')
    .map(({ name, value }) => [name, value]);
  return { model, inputs: { ...others, ...Object.fromEntries(numbers) } as Mechanism['inputs'] };
}

const TSV_COLUMNS: readonly Column<AccountRow>[] = [
  { name: 'step', value: ({ label }) => label },
  { name: 'model', value: ({ step }) => step?.model ?? null },
  { name: 'pool', value: ({ step }) => step?.pool ?? null },
  { name: 'counted', value: ({ amount }) => amount.value },
  { name: 'mean', value: ({ amount }) => amount.mean },
  { name: 'low95', value: ({ amount }) => amount.low },
  { name: 'high95', value: ({ amount }) => amount.high },
  { name: 'claimed', value: ({ step }) => step?.claimed.value ?? null },
  { name: 'counted_twice', value: ({ step }) => step?.doubleCounted.value ?? null },
  { name: 'reason', value: ({ step }) => step?.reason ?? null },
];

function accountTables(account: Account): string {
  const text = (value: number) => value.toFixed(4);
  const columns: Column<AccountRow>[] = [
    { name: 'step', value: ({ label }) => label },
    { name: 'model', value: ({ step }) => step?.model ?? null },
    {
      name: 'claimed',
      value: ({ step }) => step?.claimed.value ?? null,
      text: ({ step }) => text(step!.claimed.value),
    },
    { name: 'counted', value: ({ amount }) => amount.value, text: ({ amount }) => text(amount.value) },
    {
      name: 'interval',
      header: '[95 %]',
      value: ({ amount }) => `[${text(amount.low)}, ${text(amount.high)}]`,
    },
  ];
  const lines = [textTable(columns, accountRows(account))];
  const { gap, explained, unexplained } = account;
  const sharePart = gap.value < 1e-9 ? '' : ` (${((100 * explained.value) / gap.value).toFixed(1)} % of it)`;
  lines.push(
    `gap ${text(gap.value)} [${text(gap.low)}, ${text(gap.high)}], explained ${text(explained.value)}${sharePart}, ` +
      `unexplained ${text(unexplained.value)} [${text(unexplained.low)}, ${text(unexplained.high)}] (shares of variance)`,
  );
  for (const step of account.steps) {
    if (step.reason === null) continue;
    lines.push(
      `counted twice: ${text(step.doubleCounted.value)} of ${step.model} (${step.pool}), ${step.reason}`,
    );
  }
  for (const { model, inputs } of account.textbook) {
    const values = Object.entries(inputs).map(([name, value]) => `${typedName(name)}=${value}`);
    lines.push(`textbook values of ${model}, not given: ${values.join(', ')}`);
  }
  if (account.rejectedDraws > 0) {
    lines.push(
      `${account.rejectedDraws} of ${account.draws} draws had inputs that are impossible together, and are left out`,
    );
  }
  return lines.join('\n');
}
