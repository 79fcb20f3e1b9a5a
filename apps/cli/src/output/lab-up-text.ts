/** What may be done next on a lab that has come up, and which labs there are to choose from. `others` are those that ran already. */
export function nextText(name: string, others: readonly string[], isKube: boolean): string {
  const flag = name === 'lab' && others.length === 0 ? '' : ` --lab ${name}`;
  const next = `Next: berth run ${isKube ? '--kube' : '-f DIR'}${flag}\n`;
  if (others.length === 0) return next;
  const all = [name, ...others].toSorted().join(', ');
  return `${next}labs that run: ${all}; every command needs to know which: --lab ${name}, or export BERTH_LAB=${name}\n`;
}
