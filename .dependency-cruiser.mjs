/**
 * Imports run downward only. Rooms from the doors to the machine; a room may use itself and whatever stands after it.
 * `npm test` checks it (test/imports.test.ts).
 */
const ROOMS = [
  ['cli', 'library'],
  ['report'],
  ['study'],
  ['methods'],
  ['gap'],
  ['cohort'],
  ['estimate'],
  ['estimators'],
  ['association', 'ancestry', 'quality', 'relatedness', 'ld', 'simulation', 'sumstats'],
  ['genotypes'],
  ['options'],
  ['formats'],
  ['linalg'],
  ['kernels'],
  ['host'],
];

/**
 * Imports upward that are known: the file, what it imports, and why that is still so. The list is to become empty; a line that
 * is no longer needed fails `npm test` too (test/imports.test.ts).
 */
export const KNOWN = [
  ['study/weights.ts', 'cli/simulate/weights.ts', 'moves below with the simulation of traits'],
  ['study/plan.ts', 'report/table.ts', 'plans are printed where they are made'],
  ['study/plan.ts', 'cli/study/study-run.ts', 'types of flags'],
  ['study/external.ts', 'cli/simulate/phenotype-files.ts', 'moves to formats'],
  ['report/write-result.ts', 'cli/command.ts', 'the type of a command’s outputs'],
  ['options/window-flags.ts', 'ld/windows.ts', 'the type of a window'],
  ['methods/gre/plan.ts', 'report/table.ts', 'plans are printed where they are made'],
  ['cohort/heritability-model.ts', 'cli/ld/weights.ts', 'moves to cohort'],
  ['sumstats/munge.ts', 'estimators/ldsc/h2.ts', 'the median of χ²'],
];

const inRooms = (rooms) => `^src/(${rooms.join('|')})/`;
const exactly = (file) => `^src/${file.replaceAll('.', '\\.')}$`;
const FILES = [...new Set(KNOWN.map(([file]) => file))];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...ROOMS.slice(1).map((rooms, above) => ({
      name: `${rooms.join(', ')}: downward only`,
      severity: 'error',
      from: { path: inRooms(rooms), pathNot: FILES.map(exactly) },
      to: { path: inRooms(ROOMS.slice(0, above + 1).flat()) },
    })),
    ...FILES.map((file) => ({
      name: `${file}: downward only, but for what is known`,
      severity: 'error',
      from: { path: exactly(file) },
      to: {
        path: inRooms(
          ROOMS.slice(
            0,
            ROOMS.findIndex((rooms) => rooms.includes(file.split('/')[0])),
          ).flat(),
        ),
        pathNot: KNOWN.filter(([from]) => from === file).map(([, to]) => exactly(to)),
      },
    })),
    {
      name: 'no circles',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'Node.js in its host alone',
      comment: 'all else runs in a browser too',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(host/node|cli)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'rooms do not know their doors',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: '^src/cli/' },
      to: { path: '^src/(index|worker|worker-web|tasks)\\.ts$' },
    },
    {
      name: 'one host does not know the other',
      severity: 'error',
      from: { path: '^src/host/(node|web)/' },
      to: { path: '^src/host/(node|web)/', pathNot: '^src/host/$1/' },
    },
    {
      name: 'the host is chosen by doors',
      comment: 'what stands above asks src/host/host.ts',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: '^src/(host/|index\\.ts$|worker\\.ts$|worker-web\\.ts$|cli/start\\.ts$)',
      },
      to: { path: '^src/host/(node|web)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node'] },
  },
};
