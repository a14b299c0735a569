/**
 * Where the resource of a statement differs from the ARN of a request: for explanations, and for the log line about a
 * policy that was written for another API. Decides nothing.
 *
 * What is shown: the ARN of the request, and of a pattern the fields up to the method, each only if it has the form of such a
 * field. The path of a pattern is always left out, since authorizers write names of users and tenants into it. A log line
 * names the field that differs and shows no field's value (SEC-101).
 * @module
 */
import type { ResourceDifference } from '../../index.ts'
import { parseArn } from './arn-pattern.ts'
import { ANY, Glob } from './glob.ts'
import { isVariable, parseText } from './pattern-text.ts'

const HEAD_FIELDS = ['arn', 'partition', 'service', 'region', 'accountId'] as const
const REST_FIELDS = ['apiId', 'stage', 'method', 'path'] as const
const SOCKET_FIELDS = ['apiId', 'stage', 'route'] as const
const SERVICE = 2

/** The fields that say which API is meant: those of the option `api`, and the service. */
const API_FIELDS: ReadonlySet<string> = new Set(['partition', 'service', 'region', 'accountId', 'apiId', 'stage'])

const VERBS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'ANY'])
const VERB_PATTERN = /^[A-Z*?]{1,20}$/
/** The form of a field that may be shown. */
const FIELD = /^[\w$*?-]{0,128}$/
const LEFT_OUT = '…'

/** Text that a terminal can show: printable ASCII on one line. */
const printable = (text: string): string =>
  text.replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

const matches = (pattern: string, text: string, variables: boolean): boolean =>
  new Glob(parseText(pattern, { wildcards: true, variables }).map((part) => (isVariable(part) ? ANY : part))).matches(
    text,
  )

/** The fields of an ARN that is asked for. */
interface Target {
  readonly head: readonly string[]
  readonly names: readonly string[]
  readonly resource: readonly string[]
}

const targetOf = (arn: string): Target => {
  const { head, resource } = parseArn(arn) ?? { head: '', resource: arn }
  const fields = head.split(':')
  if (fields[SERVICE] !== 'execute-api') return { head: fields, names: ['resource'], resource: [resource] }
  const [apiId = '', stage = '', verb = '', ...path] = resource.split('/')
  return path.length === 0 && verb.startsWith('$')
    ? { head: fields, names: SOCKET_FIELDS, resource: [apiId, stage, verb] }
    : { head: fields, names: REST_FIELDS, resource: [apiId, stage, verb, path.join('/')] }
}

/** A pattern cut into the fields of a target. `spanning`: one of its stars may reach over the fields after it. */
interface Pieces {
  readonly head: readonly string[]
  readonly resource: readonly string[]
  readonly spanning: boolean
}

const piecesOf = (pattern: string, names: readonly string[]): Pieces => {
  const segments = pattern.split(':')
  const head = HEAD_FIELDS.map((_, field) => segments[field] ?? '*')
  const rest = segments.length > HEAD_FIELDS.length ? segments.slice(HEAD_FIELDS.length).join(':') : '*'
  if (names.length === 1) return { head, resource: [rest], spanning: false }
  const resource = rest.split('/')
  const spanning = (resource[0] as string).includes('*')
  // In `*/GET/pets` the star stands for API and stage.
  if (spanning && VERBS.has(resource[1] ?? '')) resource.splice(1, 0, '*')
  // In `*/pets*` it stands for everything before the path.
  else if (spanning && resource.length === 2) resource.splice(1, 0, '*', '*')
  return { head, resource, spanning: spanning || (resource[1] ?? '').includes('*') }
}

/** The position of the first field of the resource that differs. */
const differingPiece = ({ resource, spanning }: Pieces, target: Target, variables: boolean): number => {
  const path = target.names.length - 1
  for (let field = 0; field < path; field++) {
    const piece = resource[field] as string
    const matched = matches(piece, target.resource[field] as string, variables)
    const ends = field === resource.length - 1
    if (ends) {
      // A star reaches over the remaining fields, whatever follows it.
      const reach = piece.slice(0, piece.indexOf('*') + 1)
      if (reach !== '' && matches(reach, target.resource.slice(field).join('/'), variables)) return path
      if (matched) return field + 1
    }
    if (matched) continue
    return spanning && target.names[field] === 'method' && !VERB_PATTERN.test(piece) ? path : field
  }
  return path
}

/** The number of the first field that differs, counted over head and resource. */
const depthOf = (pieces: Pieces, pattern: string, target: Target, variables: boolean, grants: boolean): number => {
  const head = pieces.head.findIndex((piece, field) => {
    // A wildcard in the service field grants nothing (AWS-POL-22c).
    if (field === SERVICE && grants && pattern.split(':').length > SERVICE && /[*?]/.test(piece)) return true
    return !matches(piece, target.head[field] ?? '', false)
  })
  return head >= 0 ? head : HEAD_FIELDS.length + differingPiece(pieces, target, variables)
}

const nameAt = (depth: number, { names }: Target): string =>
  HEAD_FIELDS[depth] ?? (names[depth - HEAD_FIELDS.length] as string)

const show = (field: string, name: string): string => {
  const form = name === 'method' ? VERB_PATTERN : FIELD
  if (name === 'path' || name === 'resource' || !form.test(field)) return LEFT_OUT
  // What follows a star may belong to the path.
  const star = name === 'apiId' || name === 'stage' ? field.indexOf('*') + 1 : 0
  return star > 0 && star < field.length ? field.slice(0, star) + LEFT_OUT : field
}

/** A pattern as it may be shown, and where in it each field begins. */
const render = ({ head, resource }: Pieces, { names }: Target): { text: string; starts: readonly number[] } => {
  const starts: number[] = []
  let text = ''
  const add = (field: string, separator: string): void => {
    if (text !== '') text += separator
    starts.push(text.length)
    text += field
  }
  for (const [field, piece] of head.entries()) add(show(piece, HEAD_FIELDS[field] as string), ':')
  for (const [field, name] of names.entries()) {
    const piece = resource[field]
    if (piece !== undefined) add(show(piece, name), field === 0 ? ':' : '/')
  }
  return { text, starts }
}

const closest = (
  patterns: readonly string[],
  target: Target,
  { variables, grants }: Reading,
): { pieces: Pieces; depth: number } =>
  patterns
    .map((pattern) => {
      const pieces = piecesOf(pattern, target.names)
      return { pieces, depth: depthOf(pieces, pattern, target, variables, grants) }
    })
    .reduce((nearest, each) => (each.depth > nearest.depth ? each : nearest))

/** How the patterns of a statement are read: with policy variables or not, and whether a match grants something. */
export interface Reading {
  readonly variables: boolean
  readonly grants: boolean
}

/** An ARN as an explanation shows it. */
export const shownArn = (arn: string): string => printable(arn)

/** Of several patterns that do not match an ARN, the one that comes closest, with the first field that differs. */
export const differenceFrom = (arn: string, patterns: readonly string[], reading: Reading): ResourceDifference => {
  const target = targetOf(arn)
  const { pieces, depth } = closest(patterns, target, reading)
  const { text: pattern, starts } = render(pieces, target)
  const start = starts[depth] ?? pattern.length
  const differs = nameAt(depth, target)
  const width = Math.max(1, (starts[depth + 1] ?? pattern.length + 1) - start - 1)
  return {
    pattern,
    differs,
    text: `${shownArn(arn)}\n${pattern}\n${' '.repeat(start)}${'^'.repeat(width)} ${differs}`,
  }
}

/**
 * The first field in which all of these patterns name another API than an ARN does, of the pattern that comes closest;
 * `undefined` if one of them may match something in the API.
 */
export const foreignFieldOf = (arn: string, patterns: readonly string[], variables: boolean): string | undefined => {
  if (patterns.length === 0) return undefined
  const target = targetOf(arn)
  const name = nameAt(closest(patterns, target, { variables, grants: true }).depth, target)
  return API_FIELDS.has(name) ? name : undefined
}
