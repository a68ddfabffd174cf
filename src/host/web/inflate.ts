import { Inflate } from 'pako';

/** @see Host.inflate */
export function inflate(bytes: Uint8Array, most: number): Uint8Array {
  const stream = new Inflate();
  let length = 0;
  const { onData } = stream;
  stream.onData = (chunk) => {
    length += (chunk as Uint8Array).length;
    if (length > most) throw new RangeError(`the data are longer than ${most} bytes`);
    onData.call(stream, chunk);
  };
  stream.push(bytes, true);
  if (stream.err !== 0 || !(stream.result instanceof Uint8Array)) throw new Error(stream.msg || 'damaged');
  return stream.result;
}
