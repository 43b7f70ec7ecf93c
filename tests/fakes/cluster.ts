import type {
  AdmissionReading,
  ClusterChange,
  ClusterReader,
  ClusterSnapshot,
} from '#lib/ports/cluster.ts';
import { aSnapshot } from '#tests/builders/workload.ts';

/** A cluster whose content, faults and changes a test decides. */
export interface FakeCluster extends ClusterReader {
  snapshot: ClusterSnapshot;
  admission: AdmissionReading;
  /** Thrown by the next readings of admission, until it is taken away. */
  admissionFault: Error | undefined;
  /** Thrown by the next readings, until it is taken away. */
  fault: Error | undefined;
  /** Called before a reading is answered; may wait for the signal. */
  onRead: (signal: AbortSignal) => Promise<void> | void;
  /** Called before a reading of admission is answered; may wait for the signal. */
  onAdmission: (signal: AbortSignal) => Promise<void> | void;
  /** Tells a watch of a change. */
  tell(...changes: ClusterChange[]): void;
  readonly reads: () => number;
  readonly admissionReads: () => number;
  /** Watches that are open now. */
  readonly watches: () => number;
}

export function createFakeCluster(id: string, content: Partial<ClusterSnapshot> = {}): FakeCluster {
  const told: ClusterChange[] = [];
  const waiting = new Set<() => void>();
  let reads = 0;
  let admissionReads = 0;
  let watches = 0;
  const fake: FakeCluster = {
    id,
    name: id,
    kind: 'kubeconfig',
    snapshot: aSnapshot(content),
    admission: {
      objects: [],
      namespaces: [{ name: 'shop', labels: {} }],
      problems: [],
      readAt: new Date('2026-11-21T10:00:00Z'),
    },
    admissionFault: undefined,
    fault: undefined,
    onRead: () => undefined,
    onAdmission: () => undefined,
    reads: () => reads,
    admissionReads: () => admissionReads,
    watches: () => watches,
    tell(...changes) {
      told.push(...changes);
      for (const wake of waiting) wake();
    },
    async read({ signal }) {
      reads += 1;
      await fake.onRead(signal);
      if (fake.fault) throw fake.fault;
      return fake.snapshot;
    },
    async readAdmission({ signal }) {
      admissionReads += 1;
      const { admission } = fake;
      await fake.onAdmission(signal);
      if (fake.admissionFault) throw fake.admissionFault;
      return admission;
    },
    async *follow(_from, signal) {
      let next = told.length;
      watches += 1;
      try {
        while (!signal.aborted) {
          const change = told[next];
          if (change) {
            next += 1;
            yield change;
          } else await news(signal);
        }
      } finally {
        watches -= 1;
      }
    },
    pullSecrets: async () => [],
  };

  function news(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
  return fake;
}
