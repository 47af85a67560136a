/** Experiments as a tree by the slashes in their names. */

export interface Named {
  name: string;
}

export interface TreeNode<T extends Named> {
  /** The part of the name after the last slash. */
  label: string;
  /** The whole of it. */
  path: string;
  /** The experiment of exactly this name, if there is one. */
  item: T | null;
  children: TreeNode<T>[];
  /** Experiments here and below. */
  count: number;
}

/** Return the tree; folders with a single child and no experiment of their own are joined with it. */
export function treeOf<T extends Named>(items: readonly T[]): TreeNode<T>[] {
  const root: TreeNode<T> = { label: "", path: "", item: null, children: [], count: 0 };
  const nodes = new Map<string, TreeNode<T>>([["", root]]);
  for (const item of items) {
    let above = root;
    let path = "";
    for (const label of item.name.split("/")) {
      path = path === "" ? label : `${path}/${label}`;
      let node = nodes.get(path);
      if (node === undefined) {
        node = { label, path, item: null, children: [], count: 0 };
        nodes.set(path, node);
        above.children.push(node);
      }
      above = node;
    }
    above.item = item;
  }
  return finished(root).children;
}

function finished<T extends Named>(node: TreeNode<T>): TreeNode<T> {
  const children = node.children.map(finished).sort((one, other) => one.label.localeCompare(other.label, "en", { numeric: true }));
  const [only] = children;
  if (children.length === 1 && only !== undefined && node.item === null && node.path !== "") {
    return { ...only, label: `${node.label}/${only.label}` };
  }
  const count = children.reduce((sum, child) => sum + child.count, node.item === null ? 0 : 1);
  return { ...node, children, count };
}
