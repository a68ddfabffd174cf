import { useId, useState } from 'preact/hooks';
import type { Exercise, Lesson } from '../engine/chapter.js';
import { ask } from '../engine/desk.js';
import { hashOf } from '../route.js';
import { usePromised } from '../store.js';

/** Sections of the chapter with their exercises; an answer that is typed is checked. */
export function Chapter({ section }: { section: string | undefined }) {
  const lessons = usePromised(() => ask('lessons'), []);
  const all = lessons.value ?? [];
  const chosen = Math.max(0, Number(section ?? 1) - 1);
  const lesson = all[chosen];
  if (lessons.error) return <p class="problem">{lessons.error.message}</p>;
  if (lesson === undefined) return <p class="quiet">Loading …</p>;
  return (
    <>
      <label class="field" for="section">
        <span class="name">Section</span>
        <select
          id="section"
          value={String(chosen + 1)}
          onChange={({ currentTarget }) => {
            location.hash = hashOf('gap', 'chapter', { section: currentTarget.value });
          }}
        >
          {all.map(({ title }, k) => (
            <option key={title} value={String(k + 1)}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <Section key={lesson.title} lesson={lesson} />
      {chosen + 1 < all.length && (
        <p>
          <a href={hashOf('gap', 'chapter', { section: String(chosen + 2) })}>
            Next: {all[chosen + 1].title}
          </a>
        </p>
      )}
    </>
  );
}

function Section({ lesson: { title, html, exercises, models } }: { lesson: Lesson }) {
  return (
    <>
      <h2>{title}</h2>
      <div class="prose" dangerouslySetInnerHTML={{ __html: html }} />
      {models.length > 0 && (
        <p>
          To play with:{' '}
          {models.map((name) => (
            <a key={name} class="button" href={hashOf('gap', name)}>
              {name}
            </a>
          ))}
        </p>
      )}
      {exercises.map((exercise) => (
        <ExerciseForm key={exercise.html} exercise={exercise} />
      ))}
    </>
  );
}

function ExerciseForm({ exercise: { html, answerHtml, answers } }: { exercise: Exercise }) {
  const [text, setText] = useState('');
  const [verdict, setVerdict] = useState<string>();
  const id = useId();
  return (
    <section class="exercise" aria-label="Exercise">
      <div class="prose" dangerouslySetInnerHTML={{ __html: html }} />
      <form
        class="buttons"
        onSubmit={(event) => {
          event.preventDefault();
          setVerdict(
            answers.some((answer) => isRight(text, answer))
              ? 'Right.'
              : 'Not yet: try again, or open the answer.',
          );
        }}
      >
        <label for={id}>Your number</label>
        <input
          id={id}
          class="value"
          value={text}
          autocomplete="off"
          onInput={({ currentTarget }) => {
            setText(currentTarget.value);
            setVerdict(undefined);
          }}
        />
        <button type="submit">Check</button>
        <output aria-live="polite">{verdict}</output>
      </form>
      <details>
        <summary>Answer</summary>
        <div class="prose" dangerouslySetInnerHTML={{ __html: answerHtml }} />
      </details>
    </section>
  );
}

/** Whether a number rounds to the answer; a share may be typed as such or in per cent. */
function isRight(text: string, answer: string): boolean {
  const typed = Number(text.replace('−', '-').replace('%', '').trim());
  const value = Number(answer.replace(' %', ''));
  if (text.trim() === '' || !Number.isFinite(typed)) return false;
  const decimals = answer.replace(' %', '').split('.')[1]?.length ?? 0;
  const near = (x: number) => Math.abs(x - value) <= 0.5001 * 10 ** -decimals;
  return near(typed) || (answer.endsWith('%') && !text.includes('%') && near(100 * typed));
}
