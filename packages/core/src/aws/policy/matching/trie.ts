/** A radix tree that finds the patterns whose literal prefix a text begins with. @module */

interface Node<T> {
  readonly label: string
  /** The first character code of the label. */
  readonly first: number
  readonly values: T[]
  /** Each begins with a different character. An array, since most nodes have few or none. */
  readonly children: Node<T>[]
}

/** The child whose label begins with a character code. */
const childOf = <T>({ children }: Node<T>, code: number): Node<T> | undefined => {
  for (let index = 0; index < children.length; index++) {
    const child = children[index] as Node<T>
    if (child.first === code) return child
  }
  return undefined
}

const createNode = <T>(label: string, values: T[], children: Node<T>[]): Node<T> => ({
  label,
  first: label.charCodeAt(0),
  values,
  children,
})

const commonLength = (a: string, b: string): number => {
  let length = 0
  while (length < a.length && length < b.length && a.charCodeAt(length) === b.charCodeAt(length)) length++
  return length
}

/** A radix tree over literal prefixes. */
export class PrefixTrie<T> {
  readonly #root: Node<T> = createNode<T>('', [], [])
  #size = 0

  get size(): number {
    return this.#size
  }

  add(prefix: string, value: T): void {
    this.#size++
    let node = this.#root
    let rest = prefix
    while (rest !== '') {
      const child = childOf(node, rest.charCodeAt(0))
      if (child === undefined) {
        node.children.push(createNode(rest, [value], []))
        return
      }
      const shared = commonLength(child.label, rest)
      if (shared < child.label.length) {
        const lower = createNode(child.label.slice(shared), child.values, child.children)
        const upper = createNode<T>(child.label.slice(0, shared), [], [lower])
        node.children[node.children.indexOf(child)] = upper
        node = upper
      } else node = child
      rest = rest.slice(shared)
    }
    node.values.push(value)
  }

  /** Whether `test` returns true for any value whose prefix `text` begins with. */
  some(text: string, test: (value: T) => boolean): boolean {
    let node = this.#root
    let at = 0
    for (;;) {
      const { values } = node
      for (let index = 0; index < values.length; index++) if (test(values[index] as T)) return true
      // Reading beyond the end would deoptimize this function in V8.
      if (at >= text.length) return false
      const child = childOf(node, text.charCodeAt(at))
      // `startsWith` with a position takes three times as long.
      if (child === undefined || text.slice(at, at + child.label.length) !== child.label) return false
      at += child.label.length
      node = child
    }
  }

  /** Whether all values pass `test` whose prefix `text` begins with, or whose prefix begins with `text`. */
  everyRelated(text: string, test: (value: T) => boolean): boolean {
    let node = this.#root
    let at = 0
    for (;;) {
      if (at === text.length) return everyBelow(node, test)
      if (!node.values.every(test)) return false
      const child = childOf(node, text.charCodeAt(at))
      if (child === undefined) return true
      const { label } = child
      if (at + label.length > text.length) return !label.startsWith(text.slice(at)) || everyBelow(child, test)
      if (text.slice(at, at + label.length) !== label) return true
      at += label.length
      node = child
    }
  }
}

const everyBelow = <T>({ values, children }: Node<T>, test: (value: T) => boolean): boolean =>
  values.every(test) && children.every((child) => everyBelow(child, test))
