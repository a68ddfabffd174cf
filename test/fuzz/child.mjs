// Runs command lines one after another in one process, from dist/, as the parent sends them: a run that never ends, or that
// takes the process with it, is then seen from outside.
import '../../dist/host/node/install.js';
import { main } from '../../dist/cli/main.js';

/** A stream that keeps what it is told. */
class Recorder {
  text = '';
  write(text) {
    this.text += text;
  }
}

process.on('message', async (words) => {
  const [stdout, stderr] = [new Recorder(), new Recorder()];
  const before = process.cpuUsage();
  const exitCode = await main(words, { stdout, stderr });
  const { user, system } = process.cpuUsage(before);
  process.send({ exitCode, stdout: stdout.text, stderr: stderr.text, cpuSeconds: (user + system) / 1e6 });
});
