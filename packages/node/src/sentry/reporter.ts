import type { NodeReport } from '@berth/api';
import type { AgentBoard } from '@berth/source';
import { NodeFault } from '../fault.ts';

/** What a report says beside who wrote it, and when. */
export type ReportContent = Omit<NodeReport['status'], 'agent' | 'sequence' | 'time'>;

export type ReporterOptions = {
  readonly node: string;
  /** Names this process among all that ever report for the node. */
  readonly agent: string;
  readonly board: Pick<AgentBoard, 'report' | 'reported'>;
  /** The node's time, RFC 3339. */
  readonly now: () => string;
  /** How long another agent must be silent at least before this one takes the node again. */
  readonly rivalPatienceMs: number;
  readonly onFault: (fault: unknown) => void;
  /** Another agent took the node over (true), or has gone silent since (false). */
  readonly onRival: (isThere: boolean) => void;
};

type Rival = {
  readonly agent: string;
  readonly sequence: number;
  readonly heartbeatMs: number;
  readonly changedAtMs: number;
};

/** How many signs of life a rival may miss. */
const missedBeats = 3;

/**
 * Writes the reports of one process, and sees whether it is the only one. The agent that began last has the node: whoever
 * finds a report of one that it does not follow stops, says so, and begins again only when the other has been silent for
 * long. While the board cannot be reached it goes on trying, and nothing else changes.
 */
export class Reporter {
  readonly #options: ReporterOptions;
  readonly #predecessors = new Set<string>();
  #sequence = 0;
  #content: ReportContent | undefined;
  #written = '';
  #rival: Rival | undefined;
  #turn: Promise<void>;
  #isWaiting = false;
  #isClosed = false;

  constructor(options: ReporterOptions) {
    this.#options = options;
    this.#turn = this.#greet();
  }

  get hasRival(): boolean {
    return this.#rival !== undefined;
  }

  /** What is so now. It is written at once when it is other than what was written last. */
  tell(content: ReportContent): void {
    this.#content = content;
    if (JSON.stringify(content) !== this.#written) this.#write(false);
  }

  /** Writes what is so, changed or not: a sign of life. */
  beat(): void {
    this.#write(true);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#turn;
  }

  /** Whoever reported before this process began is followed, not fought. */
  async #greet(): Promise<void> {
    const report = await this.#options.board.reported().catch(() => undefined);
    if (report) this.#predecessors.add(report.status.agent);
  }

  #write(isBeat: boolean): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#turn = this.#turn.then(async () => {
      this.#isWaiting = false;
      if (this.#isClosed) return;
      try {
        await this.#writeNow(isBeat);
      } catch (fault) {
        this.#options.onFault(fault);
      }
    });
  }

  async #writeNow(isBeat: boolean): Promise<void> {
    const { node, agent, board, now } = this.#options;
    const content = this.#content;
    if (this.#isOvertaken(await board.reported().catch(() => undefined)) || !content) return;
    const text = JSON.stringify(content);
    if (!isBeat && text === this.#written) return;
    this.#sequence += 1;
    await board.report({
      apiVersion: 'gateway.berth.dev/v1alpha1',
      kind: 'NodeReport',
      metadata: {
        name: node,
        generation: 1,
        labels: {},
        annotations: {},
        finalizers: [],
        ownerReferences: [],
      },
      status: { agent, sequence: this.#sequence, time: now(), ...content },
    });
    this.#written = text;
  }

  #isOvertaken(report: NodeReport | undefined): boolean {
    const { node, agent, onFault, onRival, rivalPatienceMs } = this.#options;
    const nowMs = performance.now();
    const other = report?.status;
    if (!this.#rival) {
      if (!other || other.agent === agent || this.#predecessors.has(other.agent)) return false;
      this.#rival = rivalOf(other, nowMs);
      onFault(
        new NodeFault(
          'another-agent',
          `another agent (${other.agent}) reports for node ${node}: this one (${agent}) has stopped; end one of the two`,
        ),
      );
      onRival(true);
      return true;
    }
    if (other && other.agent !== agent && other.sequence !== this.#rival.sequence) {
      this.#rival = rivalOf(other, nowMs);
    }
    const patienceMs = Math.max(rivalPatienceMs, missedBeats * this.#rival.heartbeatMs);
    if (nowMs - this.#rival.changedAtMs < patienceMs) return true;
    this.#predecessors.add(this.#rival.agent);
    this.#rival = undefined;
    onRival(false);
    return false;
  }
}

function rivalOf({ agent, sequence, heartbeatMs = 0 }: NodeReport['status'], changedAtMs: number): Rival {
  return { agent, sequence, heartbeatMs, changedAtMs };
}
