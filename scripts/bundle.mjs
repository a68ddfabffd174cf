// Joins the compiled modules of the command line and of its threads into few files: a command that starts reads a dozen of them
// instead of two hundred, which takes half the time.
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { relative } from 'node:path';
import { rolldown } from 'rolldown';

/** A module that so many commands use goes into the file of what all share. */
const SHARED_BY = 6;

/** Packages that go into the bundle with all that they import: small ones of every command, and those of charts, 300 modules. */
const SMALL_PACKAGES = ['commander', 'fzstd'];
const BUNDLED_PACKAGES = [...SMALL_PACKAGES, '@observablehq/plot', 'linkedom'];

/** @param {string} dist folder of the compiled modules; the bundle goes to `run` in it. */
export async function bundle(dist) {
  const entries = {
    start: 'cli/start.js',
    worker: 'worker.js',
    'hash-worker': 'host/node/hash-worker.js',
    'compiled-code': 'host/node/compiled-code.js',
  };
  const root = `${process.cwd()}/${dist}/`;
  const bundled = await rolldown({
    input: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, root + file])),
    platform: 'node',
    external: (id, importer) =>
      !/^[./]/.test(id) &&
      !BUNDLED_PACKAGES.includes(id) &&
      (!importer?.includes('node_modules') || id === 'canvas'), // which linkedom does without
    plugins: [places(root), laterLoads],
    checks: { ineffectiveDynamicImport: false },
  });
  const parts = {};
  const light = new Map();
  const fresh = `${dist}/run.${process.pid}`;
  const { output } = await bundled.write({
    dir: fresh,
    // the engine compiles scripts quicker than modules, and finds them without asking
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
    // read at every start: local names are short and comments gone; functions keep theirs, for what HEREDITY_DEBUG prints
    minify: {
      compress: true,
      mangle: { toplevel: false, keepNames: true },
      codegen: { removeWhitespace: true },
    },
    comments: { legal: true, annotation: false, jsdoc: false },
    plugins: [asciiOnly],
    codeSplitting: {
      groups: [
        {
          debugName: 'beginning',
          name: (id, graph) => {
            parts.start ??= imported([root + entries.start], graph);
            parts.threads ??= imported(taskModules(root, graph), graph);
            if (parts.start.has(id)) return parts.threads.has(id) ? 'base' : 'beginning';
            return parts.threads.has(id) ? 'tasks' : null;
          },
          priority: 1,
        },
        {
          debugName: 'shared',
          name: (id, graph) => (isLight(id, graph, light) ? 'shared' : null),
          minShareCount: SHARED_BY,
        },
      ],
    },
  });
  refuseForeign(output);
  writeFileSync(`${fresh}/build`, buildOf(output));
  rmSync(`${dist}/run`, { recursive: true, force: true });
  renameSync(fresh, `${dist}/run`);
}

/** What tells this program from one of other sources. */
function buildOf(output) {
  const hash = createHash('sha256');
  const chunks = output.filter(({ type }) => type === 'chunk');
  for (const { fileName, code } of chunks.sort((a, b) => (a.fileName < b.fileName ? -1 : 1)))
    hash.update(fileName).update(code);
  return hash.digest('hex').slice(0, 16);
}

/** The bundle may need what package.json has, and nothing that the bundler would like to be there. */
function refuseForeign(output) {
  const { dependencies, optionalDependencies = {} } = JSON.parse(readFileSync('package.json', 'utf8'));
  const known = new Set([...Object.keys(dependencies), ...Object.keys(optionalDependencies), 'canvas']);
  const own = new Set(output.map(({ fileName }) => fileName));
  for (const { fileName, imports = [], dynamicImports = [] } of output)
    for (const id of [...imports, ...dynamicImports]) {
      const name = id
        .split('/')
        .slice(0, id.startsWith('@') ? 2 : 1)
        .join('/');
      if (!own.has(id) && !isBuiltin(id) && !known.has(name))
        throw new Error(`${fileName} imports ${id}, which is no dependency of the package`);
    }
}

/** Modules find files by their own place in dist/, which lies beside the folder of the bundle. */
const places = (root) => ({
  name: 'places',
  transform(code, id) {
    if (!code.includes('import.meta.url')) return null;
    const place = `new URL(${JSON.stringify(`../${relative(root, id)}`)}, import.meta.url).href`;
    return { code: code.replaceAll('import.meta.url', place), map: null };
  },
});

/** What packages do when they are loaded although it is hardly ever wanted, and what is put in its place. */
const LATER = [
  {
    // what starts other programs, for commands that are programs of their own: there are none here
    file: '/commander/lib/command.js',
    edits: [["const childProcess = require('node:child_process');", 'const childProcess = undefined;']],
  },
  {
    // the engine's tables of languages take 30 ms
    file: '/@observablehq/plot/src/format.js',
    edits: [
      [
        'const format = numberFormat(locale);\n  return (i) => (i != null && !isNaN(i) ? format.format(i)',
        'return (i) => (i != null && !isNaN(i) ? numberFormat(locale).format(i)',
      ],
    ],
  },
  {
    // tables of blocks without tables of their own: 3 ms of every start and thread
    file: '/fzstd/esm/index.mjs',
    edits: [
      ['var dllt = /*#__PURE__*/ rfse(', 'var defaultTables, dllt = () => rfse('],
      ['var dmlt = /*#__PURE__*/ rfse(', 'var dmlt = () => rfse('],
      ['var doct = /*#__PURE__ */ rfse(', 'var doct = () => rfse('],
      ['var dts = [dmlt, doct, dllt];', 'var dts = [...(defaultTables ??= [dmlt(), doct(), dllt()])];'],
    ],
  },
];

const laterLoads = {
  name: 'later loads',
  transform(code, id) {
    const edits = LATER.find(({ file }) => id.endsWith(file))?.edits;
    if (edits === undefined) return null;
    let edited = code;
    for (const [from, to] of edits) {
      if (!code.includes(from)) throw new Error(`${id} no longer has what ${import.meta.url} changes in it`);
      edited = edited.replace(from, () => to);
    }
    return { code: edited, map: null };
  },
};

/** Text of one byte a character is read by the engine in half the time, and takes half the memory. */
const asciiOnly = {
  name: 'ascii only',
  generateBundle(_, output) {
    for (const file of Object.values(output))
      if (file.type === 'chunk')
        file.code = file.code.replace(
          /[^\0-\x7f]/g,
          (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
        );
  },
};

/** Modules with all that they import at once. */
function imported(ids, graph, set = new Set()) {
  for (const id of ids) {
    if (set.has(id)) continue;
    set.add(id);
    imported(graph.getModuleInfo(id)?.importedIds ?? [], graph, set);
  }
  return set;
}

/** What a thread runs, apart from whole methods: a file of its own, as every thread reads it. */
function taskModules(root, graph) {
  const { importedIds } = graph.getModuleInfo(`${root}worker.js`);
  const { dynamicallyImportedIds } = graph.getModuleInfo(`${root}tasks.js`);
  return [...importedIds, ...dynamicallyImportedIds.filter((id) => !/\/methods\/\w+\/method\.js$/.test(id))];
}

/** Whether a module needs no large package: those, such as the charts', take longer to load than all that is ours. */
function isLight(id, graph, known) {
  if (id.startsWith('node:')) return true;
  if (!id.startsWith('/')) return false;
  const [, inPackage] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id) ?? [];
  if (inPackage && !SMALL_PACKAGES.includes(inPackage)) return false;
  if (!known.has(id)) {
    known.set(id, true); // so that a circle ends
    known.set(
      id,
      graph.getModuleInfo(id).importedIds.every((imported) => isLight(imported, graph, known)),
    );
  }
  return known.get(id);
}
