import { isOfRegion } from '../../ancestry/ld-regions.js';
import type { AnalysisSet } from '../../cohort/analysis-set.js';
import type { OpenCohort } from '../../cohort/cohort.js';
import { formatCount } from '../../estimate/number.js';
import { componentNames, writeEigenval, writeEigenvec } from '../../formats/eigenvec.js';
import { KinshipTableWriter } from '../../formats/kinship-table.js';
import { sampleColumns, textColumn, writePlinkTable } from '../../formats/quality-tables.js';
import { maskIndices } from '../../genotypes/sample-mask.js';
import { componentsPicture, peopleOnComponents, screeChart } from '../../report/components-chart.js';
import { kinshipChart, kinshipPicture } from '../../report/kinship-chart.js';
import { writeDocument } from '../../report/write-document.js';
import type { RecordedRun } from '../../run.js';

interface Flags {
  readonly out: string;
  readonly pheno: string | undefined;
}

/** Writes the people of an analysis, those who left and why, and components of those who stay. */
export async function writeAnalysisSet(
  { out }: Flags,
  run: RecordedRun,
  { fileset, sampleLosses }: OpenCohort,
  set: AnalysisSet,
): Promise<void> {
  const { log } = run;
  const { samples } = fileset;
  const { people, departures, components, pairs, ancestry } = set;
  const kept = maskIndices(people);
  const left = departures.map(({ person }) => person);
  const names = componentNames(components.components.length);

  await writePlinkTable(`${out}.keep`, sampleColumns(samples, kept), kept.length);
  await writePlinkTable(
    `${out}.remove`,
    [
      ...sampleColumns(samples, left),
      textColumn('STEP', (row) => departures[row].step),
      textColumn('REASON', (row) => departures[row].reason),
    ],
    left.length,
  );
  await writeEigenvec(`${out}.eigenvec`, samples, components.people, components.scores);
  await writeEigenvec(`${out}.covar`, samples, components.people, components.scores);
  await writeEigenval(
    `${out}.eigenval`,
    components.components.map(({ eigenvalue }) => eigenvalue),
  );
  const everybody = Int32Array.from({ length: samples.count }, (_, i) => i);
  const table = await KinshipTableWriter.create(`${out}.kin0`, samples, everybody);
  for (const pair of pairs) await table.add(pair);
  await table.finish();

  const artefacts = components.components.flatMap(({ densest }, k) =>
    isOfRegion(densest) ? [names[k]] : [],
  );
  if (artefacts.length > 0)
    log.warn(
      `components of the people who stay that are a region of linkage disequilibrium rather than ancestry: ${artefacts.join(', ')}; leave the region out (--exclude-region), or prune harder (--indep-pairwise)`,
    );
  if (set.sex === null) log.info('chromosome X is not there: sex is not checked');
  else if (!set.sex.hasY)
    log.info('chromosome Y is not there: aneuploidy of X and Y is not looked for, but sex is checked by X');
  if (set.sex && set.sex.unclear > 0)
    log.warn(
      `${formatCount(set.sex.unclear)} people stay whose sex chromosome X does not tell (F between the limits): see heredity check-sex`,
    );
  const leftForAncestry = new Set(
    departures.filter(({ step }) => step === 'ancestry').map(({ person }) => person),
  );
  const pictures = {
    ancestry: componentsPicture(ancestry.found, (k) => leftForAncestry.has(ancestry.found.people[k])),
    kinship: kinshipPicture(pairs),
  };
  const charts = [
    {
      name: 'ancestry',
      svg: peopleOnComponents(
        pictures.ancestry,
        `${formatCount(ancestry.found.people.length)} people before the step of ancestry`,
        'left for ancestry',
      ),
    },
    ...(pictures.kinship ? [{ name: 'kinship', svg: kinshipChart(pictures.kinship) }] : []),
    {
      name: 'scree',
      svg: screeChart({
        eigenvalues: components.components.map(({ eigenvalue }) => eigenvalue),
        determined: components.determined,
        title: `Eigenvalues among the ${formatCount(kept.length)} people who stay`,
      }),
    },
  ];
  const losses = sampleLosses.toJSON();
  const leavingSteps = [...new Set(departures.map(({ step }) => step))];
  await writeDocument(run, {
    out,
    name: 'cohort',
    schema: 'heredity/cohort@1',
    fields: {
      people: kept.length,
      attrition: losses,
      departures: Object.fromEntries(
        leavingSteps.map((step) => [step, departures.filter((departure) => departure.step === step).length]),
      ),
      examples: leavingSteps.map((step) => ({
        step,
        reason: departures.find((departure) => departure.step === step)!.reason,
      })),
      variants: { kinship: set.variants, pruned: set.pruned },
      relatives: { pairs: pairs.length, duplicates: set.duplicates },
      sex: set.sex,
      ancestry: {
        components: ancestry.outliers.axes.map((k) => componentNames(ancestry.found.components.length)[k]),
        limit: ancestry.outliers.distances ? Math.sqrt(ancestry.outliers.limit) : null,
        peopleOnComponents: ancestry.found.people.length,
        makeComponents: ancestry.found.isUnrelated.reduce((sum, own) => sum + own, 0),
      },
      components: components.components.map(({ eigenvalue, gap, angle, densest }, k) => ({
        name: names[k],
        eigenvalue,
        gap: Number.isFinite(gap) ? gap : null,
        angle,
        isRegion: isOfRegion(densest),
      })),
      determined: components.determined,
      pictures,
    },
    said: `${formatCount(kept.length)} people stay: ${out}.keep; ${formatCount(left.length)} left at a step: ${out}.remove; components of those who stay: ${out}.covar`,
    charts: charts.map(({ name, svg }) => ({ name: `cohort.${name}`, svg })),
    report: true,
    written: ['keep', 'remove', 'covar', 'eigenvec', 'eigenval', 'kin0'].map((ending) => `${out}.${ending}`),
  });
}
