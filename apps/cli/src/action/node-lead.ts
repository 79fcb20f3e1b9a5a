import { epochIn, presentLead } from '@berth/engine';
import type { Candidate } from '../context/session.ts';

/** Whether the nodes of a lab are ours to touch: an OVN's nodes are as those have them whose lead NB names. */
export type NodeLead = {
  /**
   * True where NB names us, or another process of our cluster, or nobody, or has no rows of the instance; false where it names
   * somebody else; undefined before it is known who we are.
   */
  isOurs(): boolean | undefined;
  /** Our fence was raised. */
  raised(epoch: number): void;
  /** Calls back when that may have changed, until disposed of. */
  watch(onChange: () => void): Disposable;
};

/** Told by NB, of which a fence may be ahead for a moment. */
export function nodeLeadOf({
  ovn: { northbound },
  settings: { instance },
  leadName,
}: Pick<Candidate, 'settings' | 'leadName'> & {
  readonly ovn: { readonly northbound: Pick<Candidate['ovn']['northbound'], 'snapshot' | 'subscribe'> };
}): NodeLead {
  let raisedTo = 0;
  return {
    isOurs() {
      const nb = northbound.snapshot();
      if ((epochIn(nb, instance) ?? 0) <= raisedTo) return true;
      const name = leadName();
      if (!presentLead(nb, instance, { name, epoch: raisedTo })) return true;
      return name === undefined ? undefined : false;
    },
    raised(epoch) {
      raisedTo = epoch;
    },
    watch(onChange) {
      const stop = northbound.subscribe(onChange);
      return { [Symbol.dispose]: () => stop() };
    },
  };
}
