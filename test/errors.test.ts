import { expect, it } from 'vitest';
import { HeredityError, receivedError, sendableError } from '../src/errors.js';

it('keeps its tag, exit code and message on the way from another thread', () => {
  const error = new HeredityError('degenerate-data', 'nothing varies', { fix: 'add samples' });
  const received = receivedError(structuredClone(sendableError(error)));
  expect(received).toBeInstanceOf(HeredityError);
  expect(received).toMatchObject({ tag: 'degenerate-data', exitCode: 4, message: error.message });
});

it('passes on an error that is not ours as it is', () => {
  const received = receivedError(structuredClone(sendableError(new RangeError('as planned'))));
  expect(received).toBeInstanceOf(RangeError);
});
