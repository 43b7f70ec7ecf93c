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
  /** A receipt: all evidence beside one digest in base64, with trust roots and the verdict. */
  receiptBytes: 64 * 1024 * 1024,
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
  /** BuildKit attestations of one index that are looked into: they prove nothing, and each is a request. */
  attestationManifests: 4,
  /** Platforms of one index that are kept; the largest official images have about 20. */
  platforms: 100,
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
  /** First and longest pause between tries; the real one is a random part of it. */
  backoffMs: 250,
  backoffMaxMs: 4_000,
  /** How long a host that only fails is left alone: a dead registry must not hold up a scan. */
  hostRestMs: 30_000,
  /** Longest Retry-After that is waited for in place; beyond it the item is put back. */
  retryAfterMs: 5_000,
  /** CPU time for one item of evidence in a worker. */
  verifyMs: 2_000,
  /** sigstore-go: more entries or timestamps than this are an attack. */
  bundleEntries: 32,
  /** A checkpoint of a log has some hundred bytes; witnesses add a line each. */
  checkpointBytes: 64 * 1024,
  checkpointSignatures: 100,
  /** Subjects of one statement, digests of one subject (sigstore-go). */
  statementSubjects: 1_024,
  subjectDigests: 32,
  jsonDepth: 64,
  /** Go's JSON reader, and with it an API server, takes nothing deeper. */
  servedJsonDepth: 10_000,
  /** One text of an attestation as a reader sees it; the whole lies in the registry. */
  attestationText: 300,
  /** Names, parameters, tools or levels of an attestation that are shown. */
  attestationItems: 20,
  /** One file of TUF metadata: the largest official images have some thousand signed tags. */
  trustDataBytes: 4 * 1024 * 1024,
  /** Root and timestamp name a handful of keys; notary itself stops timestamps at 1 MiB. */
  trustDataRootBytes: 512 * 1024,
  /** Keys, signatures or delegations of one role: an attacker could make us verify for hours. */
  trustDataKeys: 64,
  /** Root rotations followed at once: 256 in the TUF specification's own words, and then an alarm. */
  rootRotations: 256,
  /** Trust data of one server is asked again after this; notary caches as long. */
  trustDataAgeMs: 5 * 60_000,
  /** Signatures checked while looking for the path of one certificate; Go stops at 100 for each chain. */
  pathSteps: 256,
  /** Issuers and leaves whose paths are remembered for one trust root; one takes some KiB. */
  rememberedPaths: 512,
  certificates: 8,
  certificateBytes: 64 * 1024,
  /** Responders or lists that one certificate may name; real ones name one or two. */
  revocationAddresses: 4,
  /** Rounds of questions about one image: a list is asked only when OCSP told nothing, a delta after it. */
  revocationRounds: 6,
  /** An OCSP answer has some KiB; the time is what the notation command gives it. */
  ocspBytes: 64 * 1024,
  ocspMs: 2_000,
  /** The largest revocation lists in the wild have some ten MiB; both limits are the notation command's. */
  crlBytes: 32 * 1024 * 1024,
  crlMs: 5_000,
  /** Revocation answers kept in memory together, and how long a failure is not asked again. */
  revocationCacheBytes: 128 * 1024 * 1024,
  revocationRestMs: 60_000,
  /** An answer about revocation is not older than this, whatever it says of itself. */
  revocationMaxAgeMs: 24 * 3_600_000,
  /** Pods per page of a list, bytes of one page, and of one watch line. */
  podPage: 500,
  podPageBytes: 64 * 1024 * 1024,
  watchLineBytes: 4 * 1024 * 1024,
  /** One request to a Kubernetes API: the API server itself gives up after a minute. */
  clusterRequestMs: 60_000,
  /** Bookmarks come about every minute; after two missed ones the stream is taken for dead. */
  watchSilenceMs: 150_000,
  /** A watch is asked for this long, at random, so that clusters do not reconnect in step. */
  watchSeconds: [240, 600] as const,
  /** Pause before a broken watch is opened again: the first, and the longest. */
  watchBackOffMs: [500, 60_000] as const,
  /** Changes that wait for a slow reader before the watch is no longer read. */
  watchBacklog: 10_000,
  /** A list that expires while being read is begun again this often. */
  listRestarts: 3,
  /** Objects of one reading that are told one by one when they cannot be understood. */
  readProblems: 100,
  /** Admission objects of one cluster, and their JSON together: they are held and stored whole. */
  admissionObjects: 100_000,
  admissionBytes: 128 * 1024 * 1024,
  /** Lists of one reading of admission: each kind of constraint, and each namespace of a webhook, is one. */
  admissionLists: 2_000,
  /** One annotation with an engine's claims: some 100 bytes for each image and rule. */
  claimBytes: 64 * 1024,
  /** Distinct claims kept of one workload; replicas agree, and a rollout brings a second one. */
  workloadClaims: 20,
  /** A file with Kubernetes objects (V8 holds no longer text), and files in one tree of manifests. */
  inputFileBytes: 500 * 1024 * 1024,
  inputFiles: 20_000,
  /** A kubeconfig holds certificates and tokens, a few KiB for each cluster. */
  kubeconfigBytes: 16 * 1024 * 1024,
  /** Problems told of one policy document: more of them help nobody. */
  documentProblems: 50,
  /** Results of one report, and violations of one constraint, that are looked at: engines split them earlier. */
  reportResults: 10_000,
  /** One condition of a policy; those in the wild have some hundred characters. */
  expressionText: 16 * 1024,
  /** Brackets inside brackets of a condition, and nodes inside nodes of what it is read as. */
  expressionDepth: 100,
  expressionNodes: 5_000,
  /** Steps of one evaluation, about a node each: some hundred containers under a long condition. */
  expressionSteps: 200_000,
  /** Texts and lists that a condition may make on its way. */
  expressionResultText: 64 * 1024,
  expressionResultItems: 1_000,
  /** Signatures of which nobody knows are taken for there and for missing in turn, so many times. */
  expressionCases: 32,
  /** Different rules of policies under which one image is judged; the same rules in many clusters are one. */
  policyRules: 64,
  /** Keys that policies name by reference: each is a request to a cluster or a key service. */
  policyKeyReferences: 200,
  /** Repositories for which the authorities and policies that cover them are remembered. */
  rememberedRepositories: 4_096,
  /** Length at which text from outside is told cut in a verdict; the evidence itself has the whole. */
  displayText: 2_000,
});
