import { nodeOrderColumns } from '../node-order/columns.ts';
import { type NodeOrder, nodeOrderSchema } from '../node-order/schema.ts';
import { nodeReportColumns } from '../node-report/columns.ts';
import { type NodeReport, nodeReportSchema } from '../node-report/schema.ts';
import { berthGroup } from '../well-known.ts';
import type { KindOf } from './kind.ts';

/** The type of an object of each kind that passes between the controller and the agents. */
export type AgentResourceByKind = {
  readonly NodeReport: NodeReport;
  readonly NodeOrder: NodeOrder;
};

/** The name of a kind that users do not write. */
export type AgentKindName = keyof AgentResourceByKind;

const agent = {
  group: berthGroup,
  version: 'v1alpha1',
  namespaced: false,
  hasStatus: false,
  aliases: [],
  categories: [],
} as const;

/** What passes between the controller and the agents of nodes: no input of users, and no part of what they list. */
export const agentKinds: { readonly [K in AgentKindName]: KindOf<K, AgentResourceByKind[K]> } = {
  NodeReport: {
    ...agent,
    name: 'NodeReport',
    plural: 'nodereports',
    singular: 'nodereport',
    shortNames: ['nrep'],
    schema: nodeReportSchema,
    columns: nodeReportColumns,
  },
  NodeOrder: {
    ...agent,
    name: 'NodeOrder',
    plural: 'nodeorders',
    singular: 'nodeorder',
    shortNames: ['nord'],
    schema: nodeOrderSchema,
    columns: nodeOrderColumns,
  },
};
