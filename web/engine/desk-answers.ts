import { methodNames } from '../../src/methods/catalogue.js';
import { methodFacts } from '../../src/methods/facts.js';
import { account } from './account.js';
import { advise } from './advice.js';
import { lessons } from './chapter.js';
import { commandSummaries, formOf } from './forms.js';
import { inspect } from './inspect.js';
import { lookAt } from './look.js';
import { model, models } from './models.js';
import { report, results } from './results.js';
import { accuracy } from './simulated.js';

/** What the worker between runs can be asked; every answer is data. */
export const DESK = {
  commands: commandSummaries,
  form: formOf,
  models,
  model,
  methods,
  lessons,
  accuracy,
  look: inTurn(lookAt),
  inspect: inTurn(inspect),
  advise: inTurn(advise),
  results: inTurn(results),
  report: inTurn(report),
  account: inTurn(account),
};

let turn: Promise<unknown> = Promise.resolve();

/** Work on files: the host has those of one question at a time. */
function inTurn<Given extends unknown[], Answer>(work: (...given: Given) => Promise<Answer>) {
  return (...given: Given): Promise<Answer> => {
    const answer = turn.then(() => work(...given));
    turn = answer.catch(() => {});
    return answer;
  };
}

/** What every method from genotypes takes for granted. */
function methods() {
  return methodNames().map((name) => {
    const { title, summary, assumption } = methodFacts(name);
    return { name, title, summary, assumption };
  });
}
