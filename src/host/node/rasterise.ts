import { createRequire } from 'node:module';
import type { RasterOptions } from '../host.js';

const FONT_FILES = ['400Regular/SourceSans3_400Regular.ttf', '600SemiBold/SourceSans3_600SemiBold.ttf'];
const require = createRequire(import.meta.url);

/** @see Host.rasterise */
export async function rasterise(svg: string, { scale, fontFamily }: RasterOptions): Promise<Uint8Array> {
  const { renderAsync } = require('@resvg/resvg-js') as typeof import('@resvg/resvg-js'); // loaded by the first picture
  const fontFiles = FONT_FILES.map((file) => require.resolve(`@expo-google-fonts/source-sans-3/${file}`));
  const picture = await renderAsync(svg, {
    fitTo: { mode: 'zoom', value: scale },
    font: { fontFiles, loadSystemFonts: false, defaultFontFamily: fontFamily, sansSerifFamily: fontFamily },
  });
  return picture.asPng();
}
