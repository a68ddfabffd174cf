import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';

/** The font of every chart: Source Sans 3, shipped as a package, so that pictures are the same on every machine. */
export const FONT_FAMILY = 'Source Sans 3';

const FONT_FILES = ['400Regular/SourceSans3_400Regular.ttf', '600SemiBold/SourceSans3_600SemiBold.ttf'];

/**
 * Draws an SVG as PNG.
 * @param scale pixels per SVG unit.
 */
export function svgToPng(svg: string, scale = 2): Uint8Array {
  const require = createRequire(import.meta.url);
  const fontFiles = FONT_FILES.map((file) => require.resolve(`@expo-google-fonts/source-sans-3/${file}`));
  const picture = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: scale },
    font: { fontFiles, loadSystemFonts: false, defaultFontFamily: FONT_FAMILY, sansSerifFamily: FONT_FAMILY },
  });
  return picture.render().asPng();
}
