import { useEffect, useRef } from 'preact/hooks';
import { Scroll } from '../scroll.js';
import { save } from '../words.js';

/** A chart of src/report, as part of the page. */
export function Picture({ svg, name }: { svg: string; name: string }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    place.current?.replaceChildren(pictureOf(svg));
  }, [svg]);
  return (
    <figure class="picture">
      <Scroll label="Chart">
        <div ref={place} />
      </Scroll>
      <figcaption>
        <button type="button" class="plain" onClick={() => save(`${name}.svg`, svgFile(svg))}>
          SVG
        </button>
        <button type="button" class="plain" onClick={async () => save(`${name}.png`, await pngOf(svg))}>
          PNG
        </button>
      </figcaption>
    </figure>
  );
}

const svgFile = (svg: string) => new Blob([svg], { type: 'image/svg+xml' });

/** The chart as an element. The content policy allows no style in markup, so that of the root is set by script. */
function pictureOf(svg: string): Element {
  const document = new DOMParser().parseFromString(
    svg.replace(/ style="/g, ' data-style="'),
    'image/svg+xml',
  );
  const root = document.documentElement as unknown as SVGSVGElement;
  for (const element of [root, ...root.querySelectorAll<SVGElement>('[data-style]')]) {
    element.style.cssText = element.dataset.style ?? '';
    delete element.dataset.style;
  }
  // what marks are called says nothing without their numbers, which stand in the tables
  for (const mark of root.querySelectorAll('g[aria-label]')) mark.removeAttribute('aria-label');
  root.setAttribute('role', 'img');
  root.setAttribute('aria-label', root.querySelector('title')?.textContent ?? 'chart');
  return window.document.importNode(root, true);
}

/** The chart at twice its size, as this browser draws it. */
async function pngOf(svg: string): Promise<Blob> {
  const address = URL.createObjectURL(svgFile(svg));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = 2 * image.naturalWidth;
    canvas.height = 2 * image.naturalHeight;
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture')))),
    );
  } finally {
    URL.revokeObjectURL(address);
  }
}
