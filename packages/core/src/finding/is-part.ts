import { formatRef } from '@berth/api';
import type { Finding } from './finding.ts';

/** Whether a finding says of one object what one of a node says of it among several: both name each other's, and have one cure. */
export function isPart({ code, object, related, cure }: Finding, whole: Finding): boolean {
  if (code !== whole.code || cure !== whole.cure || object === undefined || whole.object?.kind !== 'Node')
    return false;
  const cause = formatRef(whole.object);
  return (
    related.some((each) => formatRef(each) === cause) &&
    whole.related.some((each) => formatRef(each) === formatRef(object))
  );
}
