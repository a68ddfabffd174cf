import { formatBytes } from '../estimate/number.js';
import { describeBackends, loadKernels } from '../kernels/load.js';
import { runFlags } from '../options/common-flags.js';
import { describeSystem, VERSION } from '../provenance.js';
import { textTable } from '../report/table.js';
import { defineCommand } from './command.js';

const { backend, threads, memory } = runFlags;

export const doctor = defineCommand({
  description:
    'Says with what this installation computes: the kernels and their instruction level, threads, memory and versions, ' +
    'and, where a faster backend is not used, why. Put its output into a bug report.',
  flags: { backend, threads, memory },
  examples: [
    { line: 'heredity doctor', what: 'what a run would use' },
    { line: 'heredity doctor --backend wasm', what: 'whether one backend works' },
  ],
  run({ backend, threads, memory }, { log }) {
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
  },
});
