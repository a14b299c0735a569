/** Keeps the view `headersDistinct` of a Node request in accordance with its changed header lines. @module */
import type { IncomingMessage } from 'node:http'
import { nodeBuiltin } from '../../contract.ts'

/** Turns a list of names and values into a map from lower-case names to all values, like Node's `headersDistinct`. */
export const distinct = (lines: readonly string[]): Record<string, string[]> => {
  const values = Object.create(null) as Record<string, string[]>
  for (let index = 0; index < lines.length; index += 2) {
    ;(values[(lines[index] as string).toLowerCase()] ??= []).push(lines[index + 1] as string)
  }
  return values
}

const VIEW = 'headersDistinct'

// Works for every class of requests and every version of Node, but an accessor makes later reads of the request slower.
const redefine = (incoming: IncomingMessage, lines: readonly string[]): void => {
  let built: Record<string, string[]> | undefined
  Object.defineProperty(incoming, VIEW, {
    configurable: true,
    enumerable: true,
    get: () => (built ??= distinct(lines)),
  })
}

/** Node's own members behind the view: the number of elements that it reads from `rawHeaders`, and what it has built. */
interface NodeMembers {
  readonly count: symbol
  readonly built: symbol
}

const symbolOf = (of: object, description: string): symbol | undefined =>
  Object.getOwnPropertySymbols(of).find((each) => each.description === description)

const rebuild = (incoming: IncomingMessage, { count, built }: NodeMembers, lines: readonly string[]): void => {
  const known = incoming as IncomingMessage & Record<symbol, unknown>
  known[count] = lines.length
  if (built in known) known[built] = undefined
}

type IncomingClass = new () => IncomingMessage

/** Header lines for the test of the members: repeated names, then fewer lines than before, then none. */
const SAMPLES: readonly (readonly string[])[] = [['A', '1', 'a', '2', 'b', '3'], ['b', '4'], []]

/** The private members of a class of requests, tested on one that no client sent; `undefined` if they do not work. */
export const membersOf = (Incoming: IncomingClass | undefined): NodeMembers | undefined => {
  try {
    const probe = new (Incoming as IncomingClass)()
    // Builds the view, so that the member with what is built exists.
    Reflect.get(probe, VIEW)
    const members = { count: symbolOf(probe, 'kHeadersCount'), built: symbolOf(probe, 'kHeadersDistinct') }
    const works = SAMPLES.every((lines) => {
      probe.rawHeaders = [...lines]
      rebuild(probe, members as NodeMembers, lines)
      return JSON.stringify(Reflect.get(probe, VIEW)) === JSON.stringify(distinct(lines))
    })
    return works ? (members as NodeMembers) : undefined
  } catch {
    return undefined
  }
}

let members: NodeMembers | undefined | null = null

/** Makes `headersDistinct` show these header lines, which are those of `rawHeaders`. */
export const replaceDistinct = (incoming: IncomingMessage, lines: readonly string[]): void => {
  if (members === null) {
    const http = nodeBuiltin<{ IncomingMessage: IncomingClass }>('node:http')
    members = membersOf(http?.IncomingMessage)
  }
  // An own property is a redefinition by this module, or by other middleware.
  if (members !== undefined && members.count in incoming && !Object.hasOwn(incoming, VIEW))
    rebuild(incoming, members, lines)
  else redefine(incoming, lines)
}
