import type { Former } from '../fabric/as-before.ts';
import type { FormerGateways } from '../fabric/former-gateways.ts';
import type { Lingering } from '../fabric/lingering.ts';
import type { Overtaken } from '../fabric/overtaken.ts';
import type { FindingCode } from '../finding/catalogue.ts';
import type { Origin } from '../finding/origin.ts';
import type { RowId } from '../finding/row-id.ts';

/** A row that has a part in an answer. */
export type RowRef = RowId & {
  readonly db: 'NB' | 'SB';
  /** How a person calls it: a port's name, a NAT row's external address. */
  readonly name: string;
};

/** Whose packets start the conversation: the outside's, the workload's, or one workload's to another's public address. */
export type Direction = 'inbound' | 'outbound' | 'hairpin';

/**
 * A conversation across the border of the OVN, as NB describes it: everything about it that no failure changes.
 * Both ways are meant: a request that arrives and whose reply does not is lost.
 */
export type ExternalFlow = {
  /** How the target is named on the command line: `fip/web`, `snat/office`, or `nat/ROUTER/TYPE/EXTERNAL-IP`. */
  readonly target: string;
  readonly direction: Direction;
  readonly kind: 'floating-ip' | 'source-nat' | 'port-forward' | 'routed';
  readonly router: string;
  /** Undefined for traffic without NAT. */
  readonly externalIp: string | undefined;
  /** Whether a port of the router has the external address itself: the router answers pings to it, whoever is behind it. */
  readonly isRouterAddress?: true;
  /** For a port forward. */
  readonly externalPort: { readonly protocol: 'tcp' | 'udp' | 'sctp'; readonly port: number } | undefined;
  /** The port at the workload that `externalPort` is forwarded to. Absent where that is not known. */
  readonly innerPort?: number;
  readonly logicalIp: string;
  /** The workload's switch port; undefined when NB names none and no port has the address. */
  readonly logicalPort: string | undefined;
  /** Where northd makes the NAT run: what the columns say, not what anybody asked for. */
  readonly placement: 'distributed' | 'centralized';
  /** Why no chassis has that port, as objects tell. Absent where none does. */
  readonly away?: Away;
  /** The gateway port (Logical_Router_Port) the traffic passes; undefined when the row names or matches none. */
  readonly gatewayPort: string | undefined;
  /** The physical network behind it; undefined when its switch has no localnet port. */
  readonly network: string | undefined;
  /** For hairpin: the flow by which the asking workload leaves. `direction` there is outbound. */
  readonly source?: ExternalFlow;
  /** What stops it on any chassis, whatever is alive: no route, a row that northd ignores. */
  readonly obstacle: Obstacle | undefined;
  /** What about it nobody can tell from the rows, whatever is alive; goes on after "it is not known". */
  readonly doubt?: string;
  /** Of an SNAT row that translates nobody now, that no workload uses it and why. Absent where packets may be of it. */
  readonly idle?: string;
  /** Whom its row is for, where that is not everybody. */
  readonly peers?: Peers;
  /** What holds only under conditions that NB sets, one sentence each: allowed sources, a match. */
  readonly conditions: readonly string[];
  /** What it rests on that is not worked out, one sentence each: rows that may take a part of its packets. */
  readonly assumptions: readonly string[];
  /** What takes a part of its packets only: what is said of the flow is about the others. Absent where nothing does. */
  readonly partly?: Partly;
  /** Of chassis that stand still, by name: whether they have all of its rows. Of those that are left out nobody knows. */
  readonly installed?: ReadonlyMap<string, boolean>;
  /** Of chassis that stand still and lack a row of it, what they had of its address before, as far as that is known. */
  readonly asBefore?: ReadonlyMap<string, Former>;
  /** Chassis that had its address, stand still, and may go on answering for it. Absent where there are none. */
  readonly lingering?: readonly Lingering[];
  /**
   * What chassis that stand still do to its packets on their way out, where these pass there: they leave with another address than NB has for them.
   * Absent where none does.
   */
  readonly strays?: readonly Overtaken[];
  /** Gateways that stand still, and may have been the one that serves when they began to. Absent where there are none. */
  readonly untoldGateways?: readonly UntoldGateway[];
  /** What the node of its workload goes on with that stands still, where NB says otherwise by now or it knows nobody to send to. Absent where that is not so. */
  readonly overtaken?: Overtaken;
  /** That the node of its workload stands still and sends to the gateways of an earlier time. Absent where it knows those of now. */
  readonly formerGateways?: FormerGateways;
  readonly rows: readonly RowRef[];
  /** The user's fields behind it, where the rows are ours. */
  readonly origins: readonly Origin[];
};

/** Those in an address set, or all others (ovn-nb(5), NAT allowed_ext_ips and exempted_ext_ips). */
export type Peers = {
  readonly set: string;
  readonly isAllowed: boolean;
  readonly addresses: readonly string[];
};

/** A gateway that stands still, by its SB name, and why it does. */
export type UntoldGateway = { readonly chassis: string; readonly why: string };

/** That the pod of a workload is gone or on its way out; goes on after "is bound to no node:". */
export type Away = {
  readonly why: string;
  /** That its address is kept for the next pod of the name. */
  readonly isKept: boolean;
};

export type Obstacle = {
  readonly reason: FindingCode;
  readonly why: string;
  readonly rows: readonly RowRef[];
  /** What to do about it in NB, where that is known. One sentence. */
  readonly cure?: string;
  /** The same where an object of ours asks for just that row, so that it is the object that is to change. One sentence. */
  readonly objectCure?: string;
  /** Whether the address is answered for all the same: neighbours find it, and what they send comes to nothing. */
  readonly isAnswered?: boolean;
  /** Who answers where no gateway decides it: SB names of chassis, as far as they are joined to one of these networks. */
  readonly answeredBy?: { readonly chassis: readonly string[]; readonly networks: readonly string[] };
};

export type Partly = {
  readonly drops: readonly PartialDrop[];
  /** What becomes of some packets; empty where none was tried. */
  readonly tried: readonly Tried[];
};

/** An ACL that takes some of a flow's packets. */
export type PartialDrop = {
  /** How the row is called, with where it is. */
  readonly by: string;
  /** What it does to which packets; goes on after `by`. */
  readonly what: string;
  readonly rows: readonly RowRef[];
  readonly cure: DropCure;
};

/** What makes an ACL leave an address alone. */
export type DropCure = {
  readonly how: 'delete it' | 'remove that option';
  readonly command: string;
  /** A rule before it, of which the parts are known: of several addresses one rule is made. Absent where there is no room for one. */
  readonly passing?: {
    /** The command up to the match. */
    readonly command: string;
    /** What the dropping rule matches. */
    readonly match: string;
    readonly ip: string;
    /** Whether ARP is dropped as well. */
    readonly withArp: boolean;
    readonly action: 'allow' | 'allow-related';
  };
};

/** Packets that were tried: `ICMP echo`. Undefined where it depends on what is not known of them. */
export type Tried = { readonly what: string; readonly passes: boolean | undefined };
