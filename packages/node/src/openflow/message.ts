import { joined, unsigned, zeros } from './bytes.ts';
import { encodeMatch, type Match, readInPort } from './match.ts';

/** Reserved ports (OpenFlow 1.3.5, section A.2.1). */
export const reservedPort = { normal: 0xfffffffa, controller: 0xfffffffd, any: 0xffffffff } as const;

/** What becomes of a packet: it leaves by ports, or by none and is dropped. */
export type Outputs = readonly number[];

/** One flow of table 0. Its cookie is its identity: see `flow.ts`. */
export type Flow = {
  readonly cookie: bigint;
  readonly priority: number;
  readonly match: Match;
  readonly outputs: Outputs;
  /** Seconds after which the switch drops it unless it is added again; for ever when left out. */
  readonly hardTimeoutSec?: number;
};

/** A flow that is there, as far as it matters here. */
export type FlowSeen = { readonly cookie: bigint; readonly durationSec: number };

/** A packet that the switch hands over. */
export type PacketIn = { readonly inPort: number | undefined; readonly frame: Uint8Array };

const noBuffer = 0xffffffff;
const anyGroup = 0xffffffff;
const wholePacket = 0xffff;

/** `ofp_switch_config`: packets are handed over whole. Without it a management connection gets none. */
export function setConfigBody(): Uint8Array {
  return joined(unsigned(0, 2), unsigned(wholePacket, 2));
}

/** `ofp_packet_out`: the frame, as if it had come in by a port. */
export function packetOutBody(frame: Uint8Array, inPort: number, outputs: Outputs): Uint8Array {
  const actions = actionsOf(outputs);
  return joined(
    unsigned(noBuffer, 4),
    unsigned(inPort, 4),
    unsigned(actions.length, 2),
    zeros(6),
    actions,
    frame,
  );
}

/** `ofp_flow_mod` that adds a flow, or makes one of the same priority and match like it. */
export function addFlowBody({ cookie, priority, match, outputs, hardTimeoutSec = 0 }: Flow): Uint8Array {
  const applyActions = 4;
  const actions = actionsOf(outputs);
  const instruction =
    outputs.length === 0
      ? zeros(0)
      : joined(unsigned(applyActions, 2), unsigned(8 + actions.length, 2), zeros(4), actions);
  return joined(flowModHead(cookie, 0n, 0, priority, hardTimeoutSec), encodeMatch(match), instruction);
}

/** `ofp_flow_mod` that removes every flow with a cookie. */
export function removeFlowBody(cookie: bigint): Uint8Array {
  return joined(flowModHead(cookie, 0xffffffffffffffffn, 3, 0), encodeMatch({}));
}

/** A request for the flows of table 0 whose cookie agrees in the bits of a mask; none set: all. */
export function flowStatsBody(cookie: bigint, mask: bigint): Uint8Array {
  return statsBody(1, cookie, mask);
}

/** A request for the number of flows of a table that match nothing but packets of which this is true. */
export function flowCountBody(table: number, match: Match): Uint8Array {
  return statsBody(2, 0n, 0n, table, match);
}

/** Reads `ofp_packet_in`. */
export function readPacketIn(body: Uint8Array): PacketIn {
  const matchAt = 16;
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  const matchBytes = Math.ceil(view.getUint16(matchAt + 2) / 8) * 8;
  return {
    inPort: readInPort(body.subarray(matchAt, matchAt + matchBytes)),
    frame: body.slice(matchAt + matchBytes + 2),
  };
}

/** Whether more parts of a multipart reply follow. */
export function hasMore(body: Uint8Array): boolean {
  return ((body[3] ?? 0) & 1) === 1;
}

/** Reads one part of `ofp_flow_stats`. */
export function readFlowStats(body: Uint8Array): readonly FlowSeen[] {
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  const flows: FlowSeen[] = [];
  for (let at = 8; at + 56 <= body.length; ) {
    const length = view.getUint16(at);
    if (length < 56) break;
    flows.push({ cookie: view.getBigUint64(at + 24), durationSec: view.getUint32(at + 4) });
    at += length;
  }
  return flows;
}

/** Reads `ofp_aggregate_stats_reply`: how many flows there are. */
export function readFlowCount(body: Uint8Array): number {
  return new DataView(body.buffer, body.byteOffset, body.length).getUint32(8 + 16);
}

function actionsOf(outputs: Outputs): Uint8Array {
  const output = 0;
  return joined(
    ...outputs.map((port) =>
      joined(unsigned(output, 2), unsigned(16, 2), unsigned(port, 4), unsigned(wholePacket, 2), zeros(6)),
    ),
  );
}

function flowModHead(
  cookie: bigint,
  mask: bigint,
  command: number,
  priority: number,
  hardTimeoutSec = 0,
): Uint8Array {
  const [table, allTables] = [0, 0xff];
  return joined(
    unsigned(cookie, 8),
    unsigned(mask, 8),
    unsigned(command === 0 ? table : allTables, 1),
    unsigned(command, 1),
    zeros(2),
    unsigned(hardTimeoutSec, 2),
    unsigned(priority, 2),
    unsigned(noBuffer, 4),
    unsigned(reservedPort.any, 4),
    unsigned(anyGroup, 4),
    zeros(4),
  );
}

function statsBody(kind: number, cookie: bigint, mask: bigint, table = 0, match: Match = {}): Uint8Array {
  return joined(
    unsigned(kind, 2),
    zeros(6),
    unsigned(table, 1),
    zeros(3),
    unsigned(reservedPort.any, 4),
    unsigned(anyGroup, 4),
    zeros(4),
    unsigned(cookie, 8),
    unsigned(mask, 8),
    encodeMatch(match),
  );
}
