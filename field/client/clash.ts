/** What two windows hold of one record: the answers in which they differ, so that the person can choose. */

/** Name of the question, what stands in the other window, what stands here. */
export interface Difference { name: string; there: string; here: string }

const HIDDEN = /^(flag_|warn_|flags_all$|severity$|start$|end$|instanceID$|deprecatedID$|instanceName$|today$|deviceid$)/;

/** Compare two instances of one form by their leaves; what the form computes is left out. */
export function differences(there: string, here: string): Difference[] {
  const [a, b] = [leaves(there), leaves(here)];
  return [...new Set([...a.keys(), ...b.keys()])].filter((path) => a.get(path) !== b.get(path))
    .map((path) => ({ name: path.split('/').pop()!, there: a.get(path) ?? '', here: b.get(path) ?? '' })).filter((one) => !HIDDEN.test(one.name));
}

function leaves(xml: string): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (node: Element, path: string): void => {
    if (!node.children.length) return void found.set(path, node.textContent?.trim() ?? '');
    const seen = new Map<string, number>();
    for (const child of node.children) {
      const at = (seen.get(child.localName) ?? 0) + 1;
      seen.set(child.localName, at);
      walk(child, `${path}${at > 1 ? `[${at}]` : ''}/${child.localName}`);
    }
  };
  const page = new DOMParser().parseFromString(xml, 'application/xml');
  if (page.documentElement) walk(page.documentElement, '');
  return found;
}
