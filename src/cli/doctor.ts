import { HeredityError } from '../errors.js';
import { formatBytes } from '../estimate/number.js';
import { host } from '../host/host.js';
import type { KernelCompiler } from '../host/machine.js';
import { type BackendReport, describeBackends, loadKernels } from '../kernels/load.js';
import { runFlags } from '../options/common-flags.js';
import { boolean } from '../options/flags.js';
import { describeSystem, VERSION } from '../provenance.js';
import { textTable } from '../report/table.js';
import { defineCommand } from './command.js';

const { backend, threads, memory } = runFlags;

export const doctor = defineCommand({
  description:
    'Says with what this installation computes: the kernels and their instruction level, threads, memory and versions, ' +
    'and, where a faster backend is not used, why and what to do. Put its output into a bug report.',
  flags: {
    backend,
    threads,
    memory,
    build: boolean(
      'compile the native kernels first, with the C compiler of this machine (CC, cc, gcc or clang)',
    ),
  },
  examples: [
    { line: 'heredity doctor', what: 'what a run would use' },
    { line: 'heredity doctor --build', what: 'native speed, where an installation came without it' },
    { line: 'heredity doctor --backend wasm', what: 'whether one backend works' },
  ],
  async run({ backend, threads, memory, build }, { log }) {
    const compiler = await host().machine.compiler();
    if (build) {
      if (!compiler) throw noCompiler();
      log.info(`Compiling the native kernels with ${compiler.version} ...`);
      await compiler.compile();
    }
    const kernels = loadKernels(backend);
    const system = describeSystem();
    const facts: [string, string][] = [
      ['heredity', VERSION],
      ['Node.js', process.versions.node],
      ['system', `${system.platform} ${system.release}, ${system.arch}`],
      ['processor', `${system.cpu}, ${system.cores} ${system.cores === 1 ? 'core' : 'cores'}`],
      ['memory', `${formatBytes(system.memoryBytes)}, of which a run takes at most ${formatBytes(memory)}`],
      ['threads', String(threads)],
      ['backend', `${kernels.backend}, ${kernels.level}`],
    ];
    const width = Math.max(...facts.map(([name]) => name.length));
    log.result(facts.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n'));

    const reports = describeBackends().map((report) => ({
      ...report,
      status: report.backend === kernels.backend ? 'in use' : report.available ? 'works' : 'not available',
    }));
    log.result(
      `\n${textTable(
        [
          { name: 'backend', value: (report) => report.backend },
          { name: 'status', value: (report) => report.status },
          { name: 'level', value: (report) => report.level ?? null },
          { name: 'why not', value: (report) => report.reason ?? null },
        ],
        reports,
      )}`,
    );
    const native = reports.find((report) => report.backend === 'native');
    if (native && !native.available) log.result(`\n${nextStep(native, compiler)}`);
  },
});

/** How to come to native speed. */
function nextStep({ reason }: BackendReport, compiler: KernelCompiler | undefined): string {
  const how = compiler
    ? `"heredity doctor --build" compiles them with ${compiler.version}`
    : `${INSTALL}, then "heredity doctor --build"`;
  return `Next step: the native kernels are 6 to 10 times faster (${reason}): ${how}`;
}

const INSTALL =
  'install a C compiler (Debian: apt install gcc; macOS: xcode-select --install; conda: gcc_linux-64)';

function noCompiler(): HeredityError {
  return new HeredityError('resource', 'there is no C compiler on this machine', {
    expected: 'a program cc, gcc or clang, or the one that the environment variable CC names',
    fix: INSTALL,
  });
}
