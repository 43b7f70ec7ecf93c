/**
 * Every cap in one place, each with its reason. A hit becomes `inconclusive` with `limit-exceeded`
 * and is logged; nothing is cut off silently.
 */
export const limits = Object.freeze({
  /** A manifest in the wild has a few KiB; registries themselves stop at 4 MiB. */
  manifestBytes: 4 * 1024 * 1024,
  /** A bundle or payload is a few KiB, a signed SBOM some MiB; cosign's 128 MiB is too much for a server. */
  evidenceBytes: 8 * 1024 * 1024,
  /** All evidence beside one digest together: it is held in memory until it is judged. */
  evidenceTotalBytes: 24 * 1024 * 1024,
  /** An image config; read only to match a config digest. */
  configBytes: 1024 * 1024,
  /** Token answers and error bodies. */
  tokenBytes: 64 * 1024,
  /** One page of tags or referrers. */
  listBytes: 4 * 1024 * 1024,
  /** Signatures in one legacy manifest: cosign allows 1,000; nobody has 100 for good. */
  signatureLayers: 100,
  /** Referrers looked at per digest. */
  referrers: 100,
  /** Pages of one list. */
  pages: 10,
  /** Pages of a tag list, 100 names each. */
  tagPages: 200,
  redirects: 5,
  /** Until response headers. */
  headersTimeoutMs: 10_000,
  /** From first to last body byte. */
  bodyTimeoutMs: 30_000,
  /** Below this many bytes per second over the whole body, a slow body is a fault. */
  minBytesPerSecond: 1024,
  /** From here on the speed of a body counts; before it, one slow packet would decide. */
  slowBodyAfterMs: 5_000,
  /** Requests in flight to one host. */
  perHostConcurrency: 8,
  /** Tries of one request, the first included. */
  attempts: 3,
  /** Longest Retry-After that is waited for in place; beyond it the item is put back. */
  retryAfterMs: 5_000,
  /** CPU time for one item of evidence in a worker. */
  verifyMs: 2_000,
  /** sigstore-go: more entries or timestamps than this are an attack. */
  bundleEntries: 32,
  /** Subjects of one statement, digests of one subject (sigstore-go). */
  statementSubjects: 1_024,
  subjectDigests: 32,
  jsonDepth: 64,
  certificates: 8,
  certificateBytes: 64 * 1024,
  /** Pods per page of a list, bytes of one page, and of one watch line. */
  podPage: 500,
  podPageBytes: 64 * 1024 * 1024,
  watchLineBytes: 4 * 1024 * 1024,
  /** Length at which text from outside is shown cut, with the whole in the export. */
  displayText: 2_000,
});
