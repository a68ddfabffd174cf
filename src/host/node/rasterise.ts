import { createRequire } from 'node:module';
import type { RasterOptions } from '../host.js';

const FONT_FILES = ['400Regular/SourceSans3_400Regular.ttf', '600SemiBold/SourceSans3_600SemiBold.ttf'];
/** Tells the rasteriser's allocator to take pages of 2 MB: a picture is 11 MB, and pages of 4 KB take longer than to draw it. */
const LARGE_PAGES = 'MIMALLOC_ALLOW_LARGE_OS_PAGES';
const require = createRequire(import.meta.url);

/** @see Host.rasterise */
export function rasterise(svg: string, { scale, fontFamily }: RasterOptions): Uint8Array {
  const { Resvg } = withLargePages<typeof import('@resvg/resvg-js')>(() => require('@resvg/resvg-js'));
  const fontFiles = FONT_FILES.map((file) => require.resolve(`@expo-google-fonts/source-sans-3/${file}`));
  const picture = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: scale },
    font: { fontFiles, loadSystemFonts: false, defaultFontFamily: fontFamily, sansSerifFamily: fontFamily },
  });
  return picture.render().asPng();
}

/** The allocator asks when it is loaded, by the first picture; other programs that this one starts need not know. */
function withLargePages<T>(load: () => T): T {
  const before = process.env[LARGE_PAGES];
  process.env[LARGE_PAGES] ??= '1';
  try {
    return load();
  } finally {
    if (before === undefined) delete process.env[LARGE_PAGES];
  }
}
