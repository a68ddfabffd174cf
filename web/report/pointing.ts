/** How near the pointer has to be to a mark, in pixels of the screen. */
const NEAR = 40;

/** A mark of a picture with the numbers that it stands for. */
interface Mark {
  readonly element: SVGGraphicsElement;
  readonly text: string;
}

/**
 * Shows the numbers of the mark that is pointed at, or that arrow keys lead to: the titles of the marks, which a browser
 * alone would show late, to a mouse, and never to a finger or a keyboard.
 * @param tools where a reader is told of it. @returns what ends it.
 */
export function pointing(figure: HTMLElement, svg: SVGSVGElement, tools: HTMLElement): () => void {
  const marks = [...svg.querySelectorAll('title')].flatMap((title): Mark[] => {
    const element = title.parentElement as Element | null;
    if (!(element instanceof SVGGraphicsElement) || element === svg) return [];
    title.remove();
    return [{ element, text: title.textContent ?? '' }];
  });
  const scroll = figure.querySelector<HTMLElement>('.scroll');
  if (marks.length === 0 || scroll === null) return () => {};
  const tip = document.createElement('output');
  tip.className = 'tip';
  tip.hidden = true;
  tip.setAttribute('aria-live', 'polite');
  figure.append(tip);
  const hint = document.createElement('span');
  hint.className = 'quiet';
  hint.textContent = 'Point at a mark, or step with the arrow keys, for its numbers.';
  tools.append(hint);
  let shown = -1;

  function show(k: number): void {
    if (k === shown) return;
    marks[shown]?.element.classList.remove('pointed');
    shown = k;
    tip.hidden = k < 0;
    if (k < 0) return;
    const { element, text } = marks[k];
    element.classList.add('pointed');
    tip.textContent = text;
    const [own, frame] = [element.getBoundingClientRect(), figure.getBoundingClientRect()];
    const half = tip.offsetWidth / 2;
    const middle = own.left + own.width / 2 - frame.left;
    tip.style.left = `${Math.max(half, Math.min(middle, frame.width - half))}px`;
    const above = own.top - frame.top - tip.offsetHeight - 8;
    tip.style.top = `${above >= 0 ? above : own.bottom - frame.top + 8}px`;
  }

  const at = ({ clientX, clientY }: PointerEvent): number => {
    let [nearest, least] = [-1, NEAR ** 2];
    for (const [k, { element }] of marks.entries()) {
      const { left, right, top, bottom } = element.getBoundingClientRect();
      const dx = Math.max(left - clientX, 0, clientX - right);
      const dy = Math.max(top - clientY, 0, clientY - bottom);
      const distance = dx * dx + dy * dy;
      if (distance < least) [nearest, least] = [k, distance];
    }
    return nearest;
  };
  const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  const onKey = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (event.key === 'Escape') show(-1);
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const next = shown < 0 && step < 0 ? marks.length - 1 : shown + step;
    marks[next]?.element.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    show(next >= marks.length ? -1 : next);
  };
  const ends = new AbortController();
  const { signal } = ends;
  svg.addEventListener('pointermove', (event) => show(at(event)), { signal });
  svg.addEventListener('pointerdown', (event) => show(at(event)), { signal });
  svg.addEventListener('pointerleave', ({ pointerType }) => pointerType === 'mouse' && show(-1), { signal });
  scroll.addEventListener('keydown', onKey, { signal });
  scroll.addEventListener('blur', () => show(-1), { signal });
  return () => ends.abort();
}
