import { z } from 'zod';
import { createDocument, type ZodOpenApiPathsObject } from 'zod-openapi';
import {
  ControlFilter,
  ControlMatrix,
  DecisionFilter,
  DecisionPage,
} from '#lib/contract/decisions.ts';
import {
  DisagreementFilter,
  DisagreementPage,
  VisibilityList,
} from '#lib/contract/disagreements.ts';
import {
  BypassFilter,
  BypassPage,
  ExceptionFilter,
  ExceptionPage,
} from '#lib/contract/exceptions.ts';
import { ImageDetail, ImageFilter, ImagePage, ReceiptQuery } from '#lib/contract/images.ts';
import { Overview, SearchResult, Settings } from '#lib/contract/overview.ts';
import { ExportFormat, Facets, PageRequest, Problem, TableFormat } from '#lib/contract/paging.ts';
import { PolicyDetail, PolicyFilter, PolicyPage } from '#lib/contract/policies.ts';
import {
  Simulation,
  SimulationList,
  SimulationPage,
  SimulationRequest,
  SimulationRowFilter,
} from '#lib/contract/simulations.ts';
import {
  ClusterList,
  LiveEvent,
  PublishedFilter,
  PublishedPage,
  RegistryDetail,
  RegistryList,
  ScanList,
  ScanRequest,
  ScanRow,
  SourceList,
} from '#lib/contract/sources.ts';
import {
  FindingPage,
  Scope,
  WorkloadDetail,
  WorkloadFilter,
  WorkloadPage,
} from '#lib/contract/workloads.ts';

const problems = {
  default: {
    description: 'RFC 9457 problem',
    content: { 'application/problem+json': { schema: Problem } },
  },
};
const answer = (description: string, schema: z.ZodType, status = '200') => ({
  [status]: { description, content: { 'application/json': { schema } } },
  ...problems,
});
const get = (summary: string, response: z.ZodType, query?: z.ZodObject) => ({
  get: {
    summary,
    responses: answer(summary, response),
    ...(query && { requestParams: { query } }),
  },
});
const list = (
  noun: string,
  page: z.ZodType,
  filter: z.ZodObject,
  format: z.ZodType = ExportFormat,
) => ({
  [`/api/v1/${noun}`]: get(`List ${noun}`, page, filter.extend(PageRequest.shape)),
  [`/api/v1/${noun}/export`]: {
    get: {
      summary: `Download every row of the filter (${noun})`,
      requestParams: { query: filter.extend({ as: format }) },
      responses: { '200': { description: 'The rows, streamed' }, ...problems },
    },
  },
});

/** A list whose rows are no findings. */
const table = (noun: string, page: z.ZodType, filter: z.ZodObject) =>
  list(noun, page, filter, TableFormat);

const paths: ZodOpenApiPathsObject = {
  '/api/v1/overview': get('Coverage, trend and what needs a person', Overview, Scope),
  ...list('workloads', WorkloadPage, WorkloadFilter),
  '/api/v1/workloads/facets': get('Counts of every facet', Facets, WorkloadFilter),
  '/api/v1/workloads/{id}': get('One workload', WorkloadDetail),
  ...list('findings', FindingPage, WorkloadFilter),
  ...list('images', ImagePage, ImageFilter),
  '/api/v1/images/facets': get('Counts of every facet', Facets, ImageFilter),
  '/api/v1/images/{digest}': get('One digest everywhere it was met', ImageDetail),
  '/api/v1/images/{digest}/receipt': {
    get: {
      summary: 'The verdict with all from which it follows, for sealwatch verify-receipt',
      requestParams: { query: ReceiptQuery },
      responses: {
        '200': {
          description: 'The receipt, made from a fresh look',
          content: { 'application/vnd.sealwatch.receipt.v1+json': { schema: z.looseObject({}) } },
        },
        ...problems,
      },
    },
  },
  ...list('published', PublishedPage, PublishedFilter),
  ...table('policies', PolicyPage, PolicyFilter),
  '/api/v1/policies/{id}': get('One policy with all that is known of it', PolicyDetail),
  ...table('decisions', DecisionPage, DecisionFilter),
  ...table('bypasses', BypassPage, BypassFilter),
  ...table('exceptions', ExceptionPage, ExceptionFilter),
  ...table('disagreements', DisagreementPage, DisagreementFilter),
  '/api/v1/control': get('Which engine controls which namespace', ControlMatrix, ControlFilter),
  '/api/v1/images/{digest}/visibility': get('Which engines see its signatures', VisibilityList),
  '/api/v1/simulations': {
    ...get('The latest simulations', SimulationList),
    post: {
      summary: 'Ask what would be refused; nothing is applied',
      requestBody: { content: { 'application/json': { schema: SimulationRequest } } },
      responses: answer('The simulation, queued', Simulation, '202'),
    },
  },
  '/api/v1/simulations/{id}': {
    ...get('A simulation with its progress', Simulation),
    delete: { summary: 'Stop a simulation', responses: answer('The simulation', Simulation) },
  },
  ...table('simulations/{id}/rows', SimulationPage, SimulationRowFilter),
  '/api/v1/clusters': get('Clusters with their state', ClusterList),
  '/api/v1/registries': get('Registries with their state', RegistryList),
  '/api/v1/registries/{host}': get('One registry with its repositories', RegistryDetail),
  '/api/v1/sources': get('Everything whose age matters', SourceList),
  '/api/v1/scopes': get('Clusters, namespaces and teams', Facets),
  '/api/v1/search': get('What the palette finds', SearchResult),
  '/api/v1/settings': get('What is configured, with problems', Settings),
  '/api/v1/scans': {
    ...get('The latest scans', ScanList),
    post: {
      summary: 'Ask for a scan',
      requestBody: { content: { 'application/json': { schema: ScanRequest } } },
      responses: answer('The scan, new or already running', ScanRow, '202'),
    },
  },
  '/api/v1/scans/{id}': {
    delete: { summary: 'Stop a scan', responses: answer('The scan', ScanRow) },
  },
  '/api/v1/events': {
    get: {
      summary: 'Server-sent events; each datum is one LiveEvent',
      responses: {
        '200': {
          description: 'The stream',
          content: { 'text/event-stream': { schema: LiveEvent } },
        },
        ...problems,
      },
    },
  },
};

/** The OpenAPI 3.1 description, made from the same schemas that parse requests and answers. */
export const openApiDocument = (version: string) =>
  createDocument({
    openapi: '3.1.1',
    info: {
      title: 'Sealwatch',
      version,
      description:
        'Signature posture of container images: read-only, apart from asking for a scan or a simulation.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
  });
