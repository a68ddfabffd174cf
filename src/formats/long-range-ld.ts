import { type Intervals, intervalsOf } from './intervals.js';

/** The two assemblies of the human genome for which regions are built in. */
export type Assembly = 37 | 38;

/** A stretch in base pairs from 1, both ends included. */
type Region = readonly [chromosome: number, start: number, end: number];

/**
 * Regions of long-range LD in Europeans: the 24 of Price et al. 2008 (Am J Hum Genet 83:132, table 1), which were published for
 * NCBI 36, at their places in GRCh37 and GRCh38. The MHC, the inversion at 8p23 and
 * stretches around centromeres are among them. Where a region does not map as a whole to GRCh38 (at centromeres) its ends do.
 */
const REGIONS: Readonly<Record<Assembly, readonly Region[]>> = {
  37: [
    [1, 48227413, 52227412],
    [2, 86146489, 101133568],
    [2, 134783530, 138283530],
    [2, 183291755, 190291755],
    [3, 47524996, 50024996],
    [3, 83417310, 86917310],
    [3, 88917310, 96017310],
    [5, 44464243, 50464243],
    [5, 97972100, 100472101],
    [5, 128972101, 131972101],
    [5, 135472101, 138472101],
    [6, 25392021, 33392022],
    [6, 56892041, 63942041],
    [6, 139958307, 142458307],
    [7, 55032506, 66362565],
    [8, 7962590, 11962591],
    [8, 42880843, 49837447],
    [8, 111930824, 114930824],
    [10, 36959994, 43679994],
    [11, 46043424, 57243424],
    [11, 87860352, 90860352],
    [12, 33108733, 41713733],
    [12, 111015617, 113515617],
    [20, 32536339, 35066586],
  ],
  38: [
    [1, 47761741, 51761740],
    [2, 85919366, 100517106],
    [2, 134025959, 137525959],
    [2, 182427028, 189427029],
    [3, 47483506, 49987563],
    [3, 83368159, 86868160],
    [3, 88868160, 96298466],
    [5, 44464141, 51168409],
    [5, 98636396, 101136397],
    [5, 129636408, 132636409],
    [5, 136136412, 139136412],
    [6, 25391793, 33424245],
    [6, 57027243, 63232145],
    [6, 139637170, 142137170],
    [7, 54964813, 66897578],
    [8, 8105068, 12105082],
    [8, 43025700, 48924888],
    [8, 110918595, 113918595],
    [10, 36671066, 43184546],
    [11, 46021873, 57475951],
    [11, 88127184, 91127184],
    [12, 32955799, 41319931],
    [12, 110577812, 113077812],
    [20, 33948533, 36438183],
  ],
};

/** The extended MHC in round numbers: between the assemblies it moves by 0.03 Mb. */
const MHC: Region = [6, 25_000_000, 34_000_000];

/** Regions of long-range LD in an assembly. */
export const longRangeLd = (assembly: Assembly): Intervals => intervalsOf(REGIONS[assembly]);

/** Chromosome 6 from 25 to 34 Mb, in either assembly. */
export const mhc = (): Intervals => intervalsOf([MHC]);
