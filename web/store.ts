import { useEffect, useState } from 'preact/hooks';

/** A value that views follow. */
export interface Store<T> {
  readonly value: T;
  set(value: T): void;
  update(change: (value: T) => T): void;
  /** @returns what ends it. */
  subscribe(listener: () => void): () => void;
}

export function createStore<T>(first: T): Store<T> {
  let value = first;
  const listeners = new Set<() => void>();
  const set = (next: T) => {
    value = next;
    for (const listener of [...listeners]) listener();
  };
  return {
    get value() {
      return value;
    },
    set,
    update: (change) => set(change(value)),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The value of a store; the view is drawn anew when it changes. */
export function useStore<T>(store: Store<T>): T {
  const [value, setValue] = useState(store.value);
  useEffect(() => {
    setValue(() => store.value);
    return store.subscribe(() => setValue(() => store.value));
  }, [store]);
  return value;
}

/** A value, once it has not changed for a while. */
export function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(() => value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

/** What a promise gave, again whenever a part of `of` changes; undefined until then. */
export function usePromised<T>(make: () => Promise<T>, of: readonly unknown[]): Promised<T> {
  const [state, setState] = useState<Promised<T>>({ value: undefined, error: undefined });
  useEffect(() => {
    let isCurrent = true;
    make().then(
      (value) => isCurrent && setState({ value, error: undefined }),
      (error) => isCurrent && setState((before) => ({ value: before.value, error: error as Error })),
    );
    return () => {
      isCurrent = false;
    };
  }, of as unknown[]);
  return state;
}

export interface Promised<T> {
  /** The last one that there was. */
  readonly value: T | undefined;
  /** Why there is no newer one. */
  readonly error: Error | undefined;
}
