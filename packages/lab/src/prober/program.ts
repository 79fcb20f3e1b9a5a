import { commandsProgram } from './commands-program.ts';
import { packetsProgram } from './packets-program.ts';

/**
 * The prober: a program for Python 3 that runs in `central`, holds sockets in every network namespace and sends the packets of
 * all flows at once. It reads a command a line from standard input and answers each with a line, both JSON:
 *
 * `burst` sends a few packets of each flow and tells how many came back, from which ports of the external wires they were
 * seen to enter, and which ports answer ARP or ND for the asked addresses. `start` sends on until `stop`, which tells of each
 * flow what was lost and for how long. `flush` lets `outside` and the pods forget their neighbours. `listen` begins to hear the echo
 * requests that come to some places, whoever sends them, and `arrivals` tells which those were.
 *
 * A flow is a ping, or with a port a TCP connection: what is refused has been there and back too. With places that are to answer
 * it is datagrams of UDP, and the prober itself listens there while it sends. Every run has ids of its own.
 * A port is asked by a frame that goes out of it alone, so two that answer with one hardware address are told apart.
 */
export const proberProgram = `${packetsProgram}${commandsProgram}`;
