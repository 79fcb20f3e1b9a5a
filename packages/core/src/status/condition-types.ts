/** The conditions of a floating IP that is not as it was asked for. */
export const flagTypes = ['Degraded', 'Overridden'] as const;

/** Every type of condition that we tell: of objects, of policies (GEP-713), and of floating IPs. Others are somebody else's. */
export const conditionTypes: readonly string[] = ['Ready', 'Accepted', 'Programmed', ...flagTypes];
