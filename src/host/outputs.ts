/** The files of one run, which appear together when it is over, or not at all. */
export interface RunOutputs {
  /**
   * Begins a file that is to be called `path`.
   * @throws HeredityError `usage` where the folder is missing, `path` is not a regular file, is one of the run's inputs, or
   *   is the name of another output, letter case aside; `resource` where permission is missing.
   */
  create(path: string): Promise<OutputSink>;
  /** Makes a folder for outputs where there is none; it goes again when the run is aborted. */
  folder(path: string): Promise<void>;
  /**
   * Notes that the run reads a file.
   * @throws HeredityError `usage` where the run would write a file of the same name.
   */
  reading(path: string): Promise<void>;
  /** Names a file that the whole run makes useless, such as a checkpoint. */
  removeAtCommit(path: string): void;
  /** Waits until all files are on the disk. @throws HeredityError `resource` where it is full and so on. */
  sync(): Promise<void>;
  /**
   * Gives all files their names, in the order in which they were created, but the first, a run's log, last; after
   * {@link sync}, and at once: nothing interrupts it.
   * @throws HeredityError `resource` where one cannot have its name: all others then are as they were before.
   */
  commit(): Promise<void>;
  /** Removes everything; does nothing after {@link commit}. */
  abort(): Promise<void>;
}

/** A file that is being written; nothing is kept open between two calls. */
export interface OutputSink {
  /** Appends bytes, which may be changed once the promise resolves. @throws HeredityError `resource` as the disk does. */
  append(bytes: Uint8Array): Promise<void>;
  /** Says that the file is whole. */
  close(): void;
  /** Takes the file out of the run. */
  discard(): Promise<void>;
}
