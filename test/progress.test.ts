import { expect, test } from 'vitest';
import { Stages, silentProgress, weighing } from '../src/progress.js';
import { recordingProgress } from './recording-progress.js';

test('silent progress can be nested and ended', () => {
  const phase = silentProgress.phase('a', { total: 2 });
  const part = phase.phase('b', { weight: 1 });
  part.advance();
  part.end();
  expect(() => phase.end()).not.toThrow();
});

test('stages follow one another, each told by how much of it is done', () => {
  const { progress, events } = recordingProgress();
  const stages = new Stages(progress);
  stages.at('a', 1, 4);
  stages.at('a', 3, 4);
  stages.at('b', 0.5, 1);
  stages.end();
  stages.end();
  expect(events).toEqual(['a of 4', 'a +1', 'a +2', 'a ends', 'b of 1', 'b +0.5', 'b ends']);
});

test('the phases of a part weigh what it stands for', () => {
  const { progress, events } = recordingProgress();
  const whole = progress.phase('whole', { total: 2 });
  weighing(whole, 1).phase('part', { total: 5 }).end();
  expect(events).toEqual(['whole of 2', 'part of 5, weight 1', 'part ends']);
});
