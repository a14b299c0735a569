/** Finds the patterns whose literal beginning a text starts with, without looking at the others. @module */

interface Node<T> {
  readonly label: string
  readonly values: T[]
  /** By the first character of their label; most nodes have none. */
  children: Map<number, Node<T>> | undefined
}

const createNode = <T>(label: string): Node<T> => ({ label, values: [], children: undefined })

const commonLength = (a: string, b: string): number => {
  let length = 0
  while (length < a.length && length < b.length && a.charCodeAt(length) === b.charCodeAt(length)) length++
  return length
}

/** A radix tree over literal prefixes. */
export class PrefixTrie<T> {
  readonly #root: Node<T> = createNode('')
  #size = 0

  get size(): number {
    return this.#size
  }

  add(prefix: string, value: T): void {
    this.#size++
    let node = this.#root
    let rest = prefix
    while (rest !== '') {
      const children = (node.children ??= new Map<number, Node<T>>())
      const child = children.get(rest.charCodeAt(0))
      if (child === undefined) {
        const leaf = createNode<T>(rest)
        children.set(rest.charCodeAt(0), leaf)
        leaf.values.push(value)
        return
      }
      const shared = commonLength(child.label, rest)
      if (shared < child.label.length) {
        const upper = createNode<T>(child.label.slice(0, shared))
        const lower: Node<T> = { label: child.label.slice(shared), values: child.values, children: child.children }
        upper.children = new Map([[lower.label.charCodeAt(0), lower]])
        children.set(upper.label.charCodeAt(0), upper)
        node = upper
      } else node = child
      rest = rest.slice(shared)
    }
    node.values.push(value)
  }

  /** Whether `test` holds for any value whose prefix `text` starts with. */
  some(text: string, test: (value: T) => boolean): boolean {
    let node = this.#root
    let at = 0
    for (;;) {
      for (const value of node.values) if (test(value)) return true
      const child = node.children?.get(text.charCodeAt(at))
      if (child === undefined || !text.startsWith(child.label, at)) return false
      at += child.label.length
      node = child
    }
  }
}
