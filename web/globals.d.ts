/** Chromium tells how much memory the machine has; others do not. */
interface Navigator {
  readonly deviceMemory?: number;
}

/** What vite.config.ts makes of src/report/html/script.ts: tables that are not sortable yet become so. */
declare module 'virtual:report-script' {
  export default function sortTables(): void;
}
