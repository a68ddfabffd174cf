/** Chromium tells how much memory the machine has; others do not. */
interface Navigator {
  readonly deviceMemory?: number;
}
