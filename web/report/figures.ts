import { save } from '../words.js';
import { pointing } from './pointing.js';
import { slugOf } from './tables.js';

/** Gives every picture its numbers to point at, and buttons that save it. @returns what ends it. */
export function drawnFigures(root: HTMLElement, name: string): () => void {
  const ends = [...root.querySelectorAll<HTMLElement>('figure')].flatMap((figure) => {
    const svg = figure.querySelector('svg');
    if (svg === null) return [];
    const title = svg.getAttribute('aria-label') ?? 'picture';
    const file = `${name}.${slugOf(title)}`;
    const text = plainSvg(svg);
    const tools = document.createElement('p');
    tools.className = 'tools';
    tools.append(
      button('SVG', title, () => save(`${file}.svg`, svgFile(text))),
      button('PNG', title, async () => save(`${file}.png`, await pngOf(text))),
    );
    const end = pointing(figure, svg, tools);
    figure.append(tools);
    return [end];
  });
  return () => {
    for (const end of ends) end();
  };
}

function button(word: string, title: string, onClick: () => void): HTMLButtonElement {
  const own = document.createElement('button');
  own.type = 'button';
  own.className = 'plain save';
  own.textContent = word;
  own.setAttribute('aria-label', `Save as ${word}: ${title}`);
  own.addEventListener('click', onClick);
  return own;
}

/** The picture as a file of its own: colours that follow the page are plain ones again, and its name is its title. */
function plainSvg(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const title = document.createElementNS('http://www.w3.org/2000/svg', 'title');
  title.textContent = svg.getAttribute('aria-label');
  copy.prepend(title);
  return new XMLSerializer().serializeToString(copy).replace(/var\(--c-\w+, ([^)]+)\)/g, '$1');
}

const svgFile = (svg: string) => new Blob([svg], { type: 'image/svg+xml' });

/** The picture at twice its size, as this browser draws it. */
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
