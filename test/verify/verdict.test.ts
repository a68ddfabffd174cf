import { describe, expect, it } from 'vitest';
import { bias, calibration, coverage, judge, measured, share } from '../../verify/verdict.mjs';

describe('a verdict', () => {
  const cell = (value: number, se: number, id = 'a') =>
    measured({ id, what: 'bias', replicates: 100, value, se, within: [0, 0] });

  it('takes intervals for the number of cells: 2.2 standard errors are much for one cell and little among five', () => {
    expect(judge([cell(2.2, 1)], 10).verdict).toBe('fails');
    const five = ['a', 'b', 'c', 'd', 'e'].map((id, k) => cell(k === 0 ? 2.2 : 0, 1, id));
    expect(judge(five, 10).verdict).toBe('holds');
    // z of .05 / 10 on either side: 2.5758
    expect(judge(five, 10).cells[1].high).toBeCloseTo(2.5758, 4);
  });

  it('of one number is undecided where an interval is too wide to say anything, and without cells', () => {
    expect(judge([cell(0, 1)], 1).verdict).toBe('undecided');
    expect(judge([cell(0, 1), cell(9, 1, 'b')], 1).verdict).toBe('fails');
    expect(judge([], 1).verdict).toBe('undecided');
  });

  it('of bounds holds where all of the interval is within, fails where none is, and is undecided across a bound', () => {
    const bounded = (value: number, id = 'a') =>
      measured({ id, what: 'bias', replicates: 100, value, se: 1, within: [-3, 3] });
    const verdicts = (...values: number[]) => {
      const { cells, verdict } = judge(values.map((value, k) => bounded(value, `${k}`)));
      return [...cells.map((own) => own.verdict), verdict];
    };
    // 1.96 standard errors to either side
    expect(verdicts(1.03)).toEqual(['holds', 'holds']);
    expect(verdicts(1.05)).toEqual(['undecided', 'undecided']);
    expect(verdicts(-4.9)).toEqual(['undecided', 'undecided']);
    expect(verdicts(4.97)).toEqual(['fails', 'fails']);
    // with three cells 2.394: what held alone is undecided, and one that fails decides for all
    expect(verdicts(1.03, 0, 9)).toEqual(['undecided', 'holds', 'fails', 'fails']);
    expect(verdicts(0, 0.6, 0)).toEqual(['holds', 'holds', 'holds', 'holds']);
  });

  it('of a share that should be none holds where none was seen among enough, and not where one was seen', () => {
    const none = (count: number, of: number) =>
      judge([share({ id: 'a', what: 'failed', count, of, within: [0, 0] })], 0.05).verdict;
    expect(none(0, 100)).toBe('holds');
    expect(none(0, 10)).toBe('undecided');
    expect(none(1, 100)).toBe('fails');
  });
});

it('leaves numbers without a claim out of the verdict', () => {
  const own = { id: 'a', what: 'bias', replicates: 100, se: 1 };
  const claimed = measured({ ...own, value: 1.9, within: [0, 0] });
  const beside = measured({ ...own, value: 50, within: null });
  const { cells, verdict } = judge([claimed, beside], 10);
  expect(verdict).toBe('holds');
  expect(cells.map((cell) => cell.verdict)).toEqual(['holds', 'not claimed']);
  expect(judge([beside], 10).verdict).toBe('undecided');
});

describe('what is measured', () => {
  it('of a mean is its relative bias', () => {
    const { value, interval } = bias({ id: 'a', values: [1, 2, 3], truth: 1.6 });
    expect(value).toBeCloseTo(0.25, 12);
    expect(interval(1)[1] - value).toBeCloseTo(1 / Math.sqrt(3) / 1.6, 12);
  });

  it('of standard errors is their mean over the spread', () => {
    const errors = [-1, 1, -1, 1];
    const { value } = calibration({ id: 'a', errors, ses: [1, 2, 1, 2], within: [0.9, 1.1] });
    expect(value).toBeCloseTo(1.5 / Math.sqrt(4 / 3), 12);
  });

  it('of intervals is the share that holds the truth, with an interval of Wilson', () => {
    const { value } = coverage({ id: 'a', errors: [0, 1, -3, 0.5], ses: [1, 1, 1, 0.1] });
    expect(value).toBe(0.5);
    // Newcombe 1998, method 3: 81 of 263 with z = 1.96
    const [low, high] = share({ id: 'a', what: 'share', count: 81, of: 263, within: [0, 1] }).interval(
      1.95996,
    );
    expect(low).toBeCloseTo(0.2553, 4);
    expect(high).toBeCloseTo(0.3662, 4);
  });

  it('is an error where a replicate has no estimate', () => {
    expect(() => bias({ id: 'a', values: [1, Number.NaN], truth: 1 })).toThrow('1 of 2 values');
  });
});
