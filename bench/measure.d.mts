export function median(values: readonly number[]): number;
export function alternate<T>(contenders: readonly (() => T | Promise<T>)[], repeats: number): Promise<T[][]>;
