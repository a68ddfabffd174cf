import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readFam } from '../../src/formats/fam.js';
import { idsOf } from '../../src/formats/sample-ids.js';
import { fileWith } from './folder.js';

const people = fc.uniqueArray(
  fc.tuple(fc.constantFrom('f', 'fä', '0'), fc.constantFrom('a', 'b', 'fa', 'é', 'x-long')),
  {
    selector: ([family, individual]) => `${family} ${individual}`,
    minLength: 1,
  },
);
const names = (pairs: readonly (readonly [string, string])[]) => ({
  familyId: pairs.map(([family]) => family),
  individualId: pairs.map(([, individual]) => individual),
});

test('samples are found among others as by comparing their IDs, by family or without', () => {
  fc.assert(
    fc.property(people, people, (ours, theirs) => {
      const [own, other] = [idsOf(names(ours)), idsOf(names(theirs))];
      expect([...own.indicesIn(other, true)]).toEqual(
        ours.map(([f, i]) => theirs.findIndex((sample) => sample[0] === f && sample[1] === i)),
      );
      expect([...own.indicesIn(other, false)]).toEqual(
        ours.map(([, i]) => theirs.findIndex((sample) => sample[1] === i)),
      );
      expect(own.repeatedIndividual).toBe(
        ours.findIndex(([, i], k) => ours.findIndex((sample) => sample[1] === i) < k),
      );
    }),
  );
});

test('IDs of a file are as they are written there, as text and as bytes', async () => {
  await fc.assert(
    fc.asyncProperty(people, async (pairs) => {
      const fam = await readFam(fileWith(pairs.map(([f, i]) => `${f}\t${i} 0 0 1 -9\n`).join('')));
      expect(fam).toMatchObject(names(pairs));
      expect([...idsOf(fam).indicesIn(idsOf(names(pairs)), true)]).toEqual(pairs.map((_, k) => k));
      const last = pairs.length - 1;
      expect([fam.ids!.family(last), fam.ids!.individual(last)]).toEqual(pairs[last]);
    }),
    { numRuns: 20 },
  );
});
