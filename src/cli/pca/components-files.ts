import type { ComponentsOfPeople } from '../../ancestry/components-of-people.js';
import { isOfRegion, type LoadedRegion, REGION_LENGTH } from '../../ancestry/ld-regions.js';
import { ancestryOutliers } from '../../ancestry/outliers.js';
import type { Cohort } from '../../cohort/cohort.js';
import { formatCount, significant } from '../../estimate/number.js';
import { componentNames, writeAlleleWeights, writeEigenval, writeEigenvec } from '../../formats/eigenvec.js';
import { numberColumn, sampleColumns, textColumn, writePlinkTable } from '../../formats/quality-tables.js';
import { componentsPicture } from '../../report/components-chart.js';
import { textTable } from '../../report/table.js';
import { writeDocument } from '../../report/write-document.js';
import type { RecordedRun } from '../../run.js';

/** Writes what components are, for people and programs, and says what has to be said about them. */
export async function writePca(
  { out, outlierSd }: { readonly out: string; readonly outlierSd: number },
  run: RecordedRun,
  { fileset }: Cohort,
  found: ComponentsOfPeople,
): Promise<void> {
  const { log } = run;
  const { people, isUnrelated, scores, components, determined, variants, loadings } = found;
  const count = components.length;
  const names = componentNames(count);
  const own = isUnrelated.reduce((sum, flag) => sum + flag, 0);
  const { axes, distances, limit, outliers } = ancestryOutliers(found, outlierSd);
  if (axes.length === 0)
    log.info('outliers are not looked for: no component is told from noise and from regions of LD');
  else if (!distances)
    log.warn('outliers are not looked for: too many people lie in one place on the components');
  const { samples } = fileset;

  await writeEigenvec(`${out}.eigenvec`, samples, people, scores);
  await writeEigenval(
    `${out}.eigenval`,
    components.map(({ eigenvalue }) => eigenvalue),
  );
  await writeAlleleWeights(`${out}.eigenvec.allele`, fileset.variants, variants, loadings);
  const outlying = Int32Array.from(outliers, (k) => people[k]);
  await writePlinkTable(`${out}.pca.outliers`, sampleColumns(samples, outlying), outlying.length);
  const isOutlier = new Set(outliers);
  await writePlinkTable(
    `${out}.pca.tsv`,
    [
      ...sampleColumns(samples, people),
      textColumn('PROJECTED', (row) => (isUnrelated[row] === 1 ? 'no' : 'yes')),
      numberColumn('DISTANCE', (row) => (distances ? Math.sqrt(distances[row]) : Number.NaN)),
      textColumn('OUTLIER', (row) => (isOutlier.has(row) ? 'yes' : 'no')),
    ],
    people.length,
  );

  const regions = components.map(({ densest }) => (isOfRegion(densest) ? densest : null));
  const artefacts = regions.flatMap((region, k) =>
    region
      ? [
          `${names[k]} (${placeOf(region)}: ${percent(region.share)} of its squared loadings, ${percent(region.variantShare)} of the variants)`,
        ]
      : [],
  );
  if (artefacts.length > 0)
    log.warn(
      `${artefacts.length === 1 ? 'a component is a region' : `${artefacts.length} components are regions`} of linkage disequilibrium rather than ancestry: ${artefacts.join(', ')}. Leave ${artefacts.length === 1 ? 'it' : 'them'} out of the variants, or prune harder`,
    );

  const title = `${formatCount(people.length)} people on principal components`;
  const said = [
    textTable(
      [
        { name: 'component', value: ({ name }) => name },
        { name: 'eigenvalue', value: ({ eigenvalue }) => eigenvalue },
        { name: 'gap', header: 'above the next', value: ({ gap }) => gap, text: ({ gap }) => percent(gap) },
        { name: 'stretch', header: 'stretched', value: ({ stretch }) => stretch },
        {
          name: 'region',
          header: `densest ${REGION_LENGTH / 1e6} Mb`,
          value: ({ densest }) => (densest ? `${placeOf(densest)}: ${percent(densest.share)}` : null),
        },
      ],
      components.map((component, k) => ({ ...component, name: names[k] })),
    ),
    `${formatCount(own)} people, ${formatCount(variants.length)} variants, ${found.passes} passes; ${formatCount(people.length - own)} people projected; ` +
      (distances
        ? `${formatCount(outliers.length)} outliers (beyond ${outlierSd} standard deviations on ${axes.map((k) => names[k]).join(', ')})`
        : 'outliers are not looked for'),
  ];
  await writeDocument(run, {
    out,
    name: 'pca',
    schema: 'heredity/pca@1',
    fields: {
      people: people.length,
      projected: people.length - own,
      variants: variants.length,
      passes: found.passes,
      determined,
      components: components.map(({ densest, gap, ...component }, k) => ({
        name: names[k],
        ...component,
        gap: Number.isFinite(gap) ? gap : null,
        densest: densest && { ...densest, isArtefact: regions[k] !== null },
      })),
      outliers: {
        standardDeviations: outlierSd,
        components: axes.map((k) => names[k]),
        limit: distances ? Math.sqrt(limit) : null,
        count: distances ? outliers.length : null,
      },
    },
    said: said.join('\n\n'),
    pictures: [
      {
        name: 'pca',
        kind: 'people',
        title,
        outliers: 'outliers',
        ...componentsPicture(found, (k) => isOutlier.has(k)),
      },
      {
        name: 'scree',
        kind: 'scree',
        eigenvalues: components.map(({ eigenvalue }) => eigenvalue),
        determined,
        title: `Eigenvalues of the relationship matrix of ${formatCount(own)} people`,
      },
    ],
    written: ['eigenvec', 'eigenval', 'eigenvec.allele', 'pca.outliers', 'pca.tsv'].map(
      (ending) => `${out}.${ending}`,
    ),
  });
}

function placeOf({ chromosome, from, to }: LoadedRegion): string {
  return `chr${chromosome.replace(/^chr/i, '')}:${(from / 1e6).toFixed(1)}-${(to / 1e6).toFixed(1)} Mb`;
}

const percent = (share: number): string =>
  Number.isFinite(share) ? `${significant(100 * share, 2)} %` : '–';
