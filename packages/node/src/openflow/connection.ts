import { connect, type Socket } from 'node:net';
import { NodeFault } from '../fault.ts';
import { encodeFrame, type Frame, messageType, readFrames } from './frame.ts';
import type { Match } from './match.ts';
import {
  addFlowBody,
  type Flow,
  type FlowSeen,
  flowCountBody,
  flowStatsBody,
  hasMore,
  type Outputs,
  type PacketIn,
  packetOutBody,
  readFlowCount,
  readFlowStats,
  readPacketIn,
  removeFlowBody,
  setConfigBody,
} from './message.ts';

type Waiting = {
  readonly bodies: Uint8Array[];
  /** Undefined for a barrier, whose errors are those of the messages before it. */
  resolve(bodies: readonly Uint8Array[]): void;
  reject(fault: NodeFault): void;
};

/** Longest silence of a switch that was asked something. */
const patienceMs = 3_000;

/**
 * A connection to the management socket of a bridge (ovs-vswitchd(8), `BRIDGE.mgmt`). It does not come back by itself:
 * who uses it learns of its end by `ended` and dials again. Every method throws `NodeFault` `switch-not-answering` when
 * it has ended, and `switch-refused` when the switch does not take a message.
 */
export class OpenFlowConnection implements Disposable {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  readonly #path: string;
  readonly #onPacket: (packet: PacketIn) => void;
  readonly ended: Promise<void>;
  #rest: Uint8Array = new Uint8Array();
  #nextXid = 1;
  #error: Error | undefined;
  #isClosed = false;
  #isSilent = false;

  constructor(socket: Socket, path: string, onPacket: (packet: PacketIn) => void) {
    this.#socket = socket;
    this.#path = path;
    this.#onPacket = onPacket;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    socket.on('data', (bytes) => this.#take(bytes));
    socket.on('error', (error) => {
      this.#error ??= error;
    });
    socket.on('close', () => {
      this.#isClosed = true;
      for (const waiting of this.#waiting.values()) waiting.reject(this.#lost());
      this.#waiting.clear();
      resolve();
    });
  }

  get isOpen(): boolean {
    return !this.#isClosed;
  }

  /** Whether it ended because the switch gave no answer, and not because the switch closed it. */
  get isSilent(): boolean {
    return this.#isSilent;
  }

  /** Greets, and asks for packets that flows hand over. */
  async open(): Promise<void> {
    this.#send(messageType.hello, new Uint8Array());
    this.#send(messageType.setConfig, setConfigBody());
    await this.barrier();
  }

  /** Sends a frame as if it had come in by a port. It is not told whether anyone got it. */
  packetOut(frame: Uint8Array, inPort: number, outputs: Outputs): void {
    this.#send(messageType.packetOut, packetOutBody(frame, inPort, outputs));
  }

  /** Adds and removes flows; they are in force when it resolves. */
  async change(added: readonly Flow[], removed: readonly bigint[]): Promise<void> {
    const replies = [
      ...removed.map((cookie) => this.#modify(removeFlowBody(cookie))),
      ...added.map((flow) => this.#modify(addFlowBody(flow))),
    ];
    await this.#settled(replies);
  }

  /** The flows of table 0 whose cookie agrees in the bits of a mask. */
  async flows(cookie: bigint, mask: bigint): Promise<readonly FlowSeen[]> {
    const bodies = await this.#ask(messageType.multipartRequest, flowStatsBody(cookie, mask));
    return bodies.flatMap(readFlowStats);
  }

  /** How many flows a table has for nothing but packets of which `match` is true. */
  async flowCount(table = 0, match: Match = {}): Promise<number> {
    const bodies = await this.#ask(messageType.multipartRequest, flowCountBody(table, match));
    return bodies.reduce((sum, body) => sum + readFlowCount(body), 0);
  }

  /** Resolves when the switch has done everything that was sent before. */
  async barrier(): Promise<void> {
    await this.#ask(messageType.barrierRequest, new Uint8Array());
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  /** A message that is answered only when it is refused. */
  #modify(body: Uint8Array) {
    const xid = this.#xid();
    const reply = this.#expect(xid);
    reply.catch(() => undefined);
    this.#send(messageType.flowMod, body, xid);
    return { xid, reply };
  }

  /** Resolves when the switch took all of these: what it refuses is refused before a barrier after it is answered. */
  async #settled(sent: readonly { readonly xid: number; readonly reply: Promise<unknown> }[]): Promise<void> {
    await this.barrier();
    for (const { xid } of sent) {
      this.#waiting.get(xid)?.resolve([]);
      this.#waiting.delete(xid);
    }
    await Promise.all(sent.map(({ reply }) => reply));
  }

  async #ask(type: number, body: Uint8Array): Promise<readonly Uint8Array[]> {
    const xid = this.#xid();
    const reply = this.#expect(xid);
    this.#send(type, body, xid);
    const timer = setTimeout(() => {
      this.#error ??= new Error(`no answer within ${patienceMs} ms`);
      this.#isSilent = true;
      this.#socket.destroy();
    }, patienceMs);
    try {
      return await reply;
    } finally {
      clearTimeout(timer);
    }
  }

  #expect(xid: number): Promise<readonly Uint8Array[]> {
    if (this.#isClosed) return Promise.reject(this.#lost());
    const { promise, resolve, reject } = Promise.withResolvers<readonly Uint8Array[]>();
    this.#waiting.set(xid, { bodies: [], resolve, reject });
    return promise;
  }

  #xid(): number {
    this.#nextXid = (this.#nextXid % 0x7fffffff) + 1;
    return this.#nextXid;
  }

  #send(type: number, body: Uint8Array, xid = this.#xid()): void {
    if (this.#isClosed) throw this.#lost();
    this.#socket.write(encodeFrame({ type, xid, body }));
  }

  #take(bytes: Uint8Array): void {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    try {
      const { frames, rest } = readFrames(all);
      this.#rest = rest;
      for (const frame of frames) this.#hear(frame);
    } catch (error) {
      this.#error ??= error instanceof Error ? error : new Error(String(error));
      this.#socket.destroy();
    }
  }

  #hear({ type, xid, body }: Frame): void {
    const waiting = this.#waiting.get(xid);
    switch (type) {
      case messageType.echoRequest:
        this.#send(messageType.echoReply, body, xid);
        break;
      case messageType.packetIn:
        this.#onPacket(readPacketIn(body));
        break;
      case messageType.error: {
        const view = new DataView(body.buffer, body.byteOffset, body.length);
        waiting?.reject(refused(this.#path, view.getUint16(0), view.getUint16(2)));
        this.#waiting.delete(xid);
        break;
      }
      case messageType.barrierReply:
      case messageType.multipartReply:
        waiting?.bodies.push(body);
        if (type === messageType.multipartReply && hasMore(body)) break;
        waiting?.resolve(waiting.bodies);
        this.#waiting.delete(xid);
        break;
    }
  }

  #lost(): NodeFault {
    const why = this.#error?.message ?? 'it was closed';
    return new NodeFault(
      'switch-not-answering',
      `${this.#path}: ${why}: is ovs-vswitchd running?`,
      this.#error,
    );
  }
}

/** Dials the management socket of a bridge; nobody was greeted yet, see `OpenFlowConnection.open`. */
export function dialBridge(path: string, onPacket: (packet: PacketIn) => void): OpenFlowConnection {
  return new OpenFlowConnection(connect({ path }), path, onPacket);
}

function refused(path: string, type: number, code: number): NodeFault {
  return new NodeFault(
    'switch-refused',
    `${path}: the switch refused a message (error ${type}, code ${code})`,
  );
}
