import { HeredityError } from '../errors.js';
import { host } from '../host/host.js';

/** The font of every chart: Source Sans 3, shipped as a package, so that pictures are the same on every machine. */
export const FONT_FAMILY = 'Source Sans 3';

/**
 * Draws an SVG as PNG.
 * @param scale pixels per SVG unit.
 * @throws HeredityError `resource` in a browser.
 */
export function svgToPng(svg: string, scale = 2): Uint8Array {
  const { rasterise } = host();
  if (rasterise === undefined) throw new HeredityError('resource', 'nothing here draws PNG pictures');
  return rasterise(svg, { scale, fontFamily: FONT_FAMILY });
}
