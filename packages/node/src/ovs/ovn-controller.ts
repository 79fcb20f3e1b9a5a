import { dialDaemon, type Unixctl } from './unixctl.ts';

/** How the node's ovn-controller is. */
export type ControllerState = {
  /** Somebody listens at the control socket that its pidfile names. One that hangs still runs. */
  readonly running: boolean;
  /** It says that it is connected to SB. */
  readonly connected: boolean;
};

export type ControllerWatchOptions = {
  readonly rundir: string;
  readonly intervalMs: number;
  /** Called when it is other than before. Its end is noticed at once, all else within the interval. */
  readonly onChange: (state: ControllerState) => void;
};

/** Watches a node's ovn-controller by its control socket (ovn-controller(8)) until disposed of. */
export function watchController({ rundir, intervalMs, onChange }: ControllerWatchOptions): Disposable {
  const stop = new AbortController();
  let known: ControllerState | undefined;
  let control: Unixctl | undefined;
  const tell = (state: ControllerState): void => {
    if (stop.signal.aborted) return;
    if (known?.running === state.running && known.connected === state.connected) return;
    known = state;
    onChange(state);
  };
  const pause = () => new Promise((resolve) => setTimeout(resolve, intervalMs).unref());
  const follow = async (): Promise<void> => {
    if (!control) return;
    do {
      const answer = await control.ask('connection-status');
      if (await control.goneWithin(0)) return;
      tell({ running: true, connected: answer === 'connected' });
    } while (!(await control.goneWithin(intervalMs)) && !stop.signal.aborted);
  };
  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      control = await dialDaemon(rundir, 'ovn-controller');
      if (control) await follow();
      else {
        tell({ running: false, connected: false });
        await pause();
      }
      // Whether it is gone is told by the next dial.
      control?.[Symbol.dispose]();
    }
  };
  void run();
  return {
    [Symbol.dispose]() {
      stop.abort();
      control?.[Symbol.dispose]();
    },
  };
}
