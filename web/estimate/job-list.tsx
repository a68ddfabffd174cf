import type { Engine, Job } from '../engine/jobs.js';
import { hashOf } from '../route.js';
import { Printed } from '../scroll.js';
import { useStore } from '../store.js';
import { duration } from '../words.js';

const STATES: Readonly<Record<Job['state'], string>> = {
  running: 'running',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** Runs, the newest first: how far they have come, what they said, what they wrote. */
export function JobList({ engine }: { engine: Engine }) {
  const jobs = useStore(engine.jobs);
  if (jobs.length === 0) return null;
  return (
    <section aria-labelledby="jobs-title">
      <h2 id="jobs-title">3. Runs</h2>
      <ol class="jobs">
        {jobs.map((job) => (
          <JobRow key={job.id} job={job} engine={engine} />
        ))}
      </ol>
    </section>
  );
}

function JobRow({ job, engine }: { job: Job; engine: Engine }) {
  const { id, command, state, standing, text, problem, files, seconds } = job;
  const result = files.find((name) => /\.json$/.test(name));
  return (
    <li class={`job ${state}`}>
      <p class="job-head">
        <strong>{command}</strong> <span class="state">{STATES[state]}</span>{' '}
        {seconds > 0 && <span class="quiet">{duration(seconds)}</span>}
        {state === 'running' && (
          <button type="button" onClick={() => engine.cancel(id)}>
            Cancel
          </button>
        )}
        {result !== undefined && (
          <a class="button" href={hashOf('results', result)}>
            Show the result
          </a>
        )}
      </p>
      {state === 'running' && (
        <p class="standing">
          <progress
            aria-label={`Progress of ${command}`}
            {...(standing?.fraction !== undefined && { value: standing.fraction })}
          />{' '}
          {standing ? standing.labels.join(' › ') : 'starting …'}
          {standing?.left !== undefined && `, ${duration(standing.left)} left`}
        </p>
      )}
      {problem !== undefined && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {text !== '' && (
        <details open={state !== 'done' || result === undefined}>
          <summary>What it said</summary>
          <Printed label="What it said" text={text} />
        </details>
      )}
      {files.length > 0 && (
        <p class="quiet">Written: {files.join(', ')}. They stand among the files above.</p>
      )}
    </li>
  );
}
