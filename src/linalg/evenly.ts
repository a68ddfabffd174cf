/** At most so many whole numbers below `count`, ascending and evenly spread. */
export function evenly(count: number, most: number): number[] {
  const number = Math.min(count, most);
  return Array.from({ length: number }, (_, k) => Math.floor(((k + 0.5) * count) / number));
}
