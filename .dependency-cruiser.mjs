/**
 * Imports run downward only. Rooms from the doors to the machine; a room may use itself and whatever stands after it.
 * `npm test` checks it (test/imports.test.ts).
 */
const ROOMS = [
  ['cli', 'library'],
  ['page'],
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

const inRooms = (rooms) => `^src/(${rooms.join('|')})/`;

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...ROOMS.slice(1).map((rooms, above) => ({
      name: `${rooms.join(', ')}: downward only`,
      severity: 'error',
      from: { path: inRooms(rooms) },
      to: { path: inRooms(ROOMS.slice(0, above + 1).flat()) },
    })),
    {
      name: 'no circles',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'Node.js in its host alone',
      comment: 'all else but the server of the page runs in a browser too',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(host/node|cli|page)/' },
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
