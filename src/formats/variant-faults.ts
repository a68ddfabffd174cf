import { RecordFault } from '../kernels/variant-rows.js';

/** What {@link RecordFault}s mean, for messages. */
const FAULTS: Readonly<Record<number, { problem: string; expected?: string; fix?: string }>> = {
  [RecordFault.cut]: { problem: 'the record ends early' },
  [RecordFault.leftOver]: { problem: 'the record is longer than what it says it holds' },
  [RecordFault.number]: {
    problem: 'the record holds a number that does not end',
    expected: 'at most 31 bits',
  },
  [RecordFault.listLength]: { problem: 'the record lists more samples than the file has' },
  [RecordFault.listOrder]: {
    problem: 'the record lists samples out of order, or samples that the file does not have',
  },
  [RecordFault.listGroup]: {
    problem: 'a group of the list of samples has another size than the record says',
  },
  [RecordFault.twoCategories]: {
    problem: 'the record does not name two genotype categories',
    expected: 'the byte 1, 2, 3, 5, 6 or 9',
  },
  [RecordFault.noBase]: {
    problem: 'the record holds differences from another variant, and there is none before it in its block',
  },
  [RecordFault.multiallelic]: {
    problem: 'the record holds genotypes of a third allele, and the .pvar file names two',
    fix: 'check that the .pvar file belongs to this .pgen',
  },
  [RecordFault.dosage]: { problem: 'there is a dosage above 2' },
  [RecordFault.samples]: { problem: 'the record has another number of samples than the file' },
  [RecordFault.alleles]: { problem: 'the record has another number of alleles than the variant' },
  [RecordFault.ploidy]: {
    problem: 'the record holds genotypes of a ploidy that is not read',
    expected: 'one or two copies',
  },
  [RecordFault.phased]: { problem: 'the record does not say whether it is phased', expected: '0 or 1' },
  [RecordFault.bits]: {
    problem: 'the record has no valid number of bits a probability',
    expected: '1 to 32',
  },
  [RecordFault.probabilities]: { problem: 'the probabilities of a sample sum to more than 1' },
};

export function describeFault(fault: number): { problem: string; expected?: string; fix?: string } {
  return FAULTS[fault] ?? { problem: 'the record is damaged' };
}
