import { marked } from 'marked';
import text from '../../docs/missing-heritability.md?raw';
import { GAP_CATALOGUE } from '../../src/gap/catalogue.js';

/** A section of docs/missing-heritability.md, whose commands can be played with. */
export interface Lesson {
  readonly title: string;
  readonly html: string;
  readonly exercises: readonly Exercise[];
  /** Models that its commands run. */
  readonly models: readonly string[];
}

export interface Exercise {
  readonly html: string;
  readonly answerHtml: string;
  /** Numbers that are right, as the answer has them: `-0.10`, `80 %`. */
  readonly answers: readonly string[];
}

const EXERCISE = /\*\*(Exercise \d+\.\*\*[\s\S]*?)<details><summary>Answer<\/summary>([\s\S]*?)<\/details>/g;

/** The chapter, section by section; its text is the project's own. */
export function lessons(): Lesson[] {
  return text
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [title] = section.split('\n', 1);
      const exercises = [...section.matchAll(EXERCISE)].map(([, question, answer]) => ({
        html: htmlOf(`**${question}`),
        answerHtml: htmlOf(answer),
        answers: [...answer.matchAll(/\*\*(-?[\d.]+(?: %)?)\*\*/g)].map(([, number]) => number),
      }));
      const body = section.slice(title.length).replace(EXERCISE, '');
      const models = [...section.matchAll(/^heredity gap ([a-z-]+)/gm)].map(([, name]) => name);
      const known = (name: string) => Object.hasOwn(GAP_CATALOGUE, name) || name === 'account';
      return { title, html: htmlOf(body), exercises, models: [...new Set(models)].filter(known) };
    });
}

/** A line of a listing that runs a model with plain inputs. */
const COMMAND = /^(<pre><code[^>]*>)?(heredity gap ([a-z-]+)((?: --[a-z0-9-]+ -?[^\s-]\S*)*))$/gm;

/** Commands of models become links that open them with what they set. */
function htmlOf(markdown: string): string {
  return marked
    .parse(markdown, { async: false })
    .replace(COMMAND, (line, start = '', command, name, flags) => {
      if (!Object.hasOwn(GAP_CATALOGUE, name)) return line;
      const set = [...flags.matchAll(/ --([a-z0-9-]+) (\S+)/g)].map(([, key, value]) => [key, value]);
      const search =
        set.length === 0 ? '' : `?${new URLSearchParams(set).toString().replaceAll('&', '&amp;')}`;
      return `${start}<a href="#gap/${name}${search}">${command}</a>`;
    })
    .replaceAll('<pre>', '<pre tabindex="0">'); // what scrolls is reached by keyboard
}
