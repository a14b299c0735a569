/**
 * Describes where the resource of a statement differs from the ARN of a request: for explanations, and for the log line about
 * a policy that was written for another API. It never affects the decision.
 *
 * An explanation shows the ARN of the request, and the fields of a pattern up to the method if they have the form of such a
 * field. The path of a pattern is always omitted, since authorizers put names of users and tenants into it. A log line names
 * the field that differs, without values (SEC-101).
 * @module
 */
import type { ResourceDifference } from '../../index.ts'
import { parseArn } from './arn-pattern.ts'
import { ANY, Glob } from './matching/glob.ts'
import { isVariable, parseText } from './pattern-text.ts'

const PREFIX_FIELDS = ['arn', 'partition', 'service', 'region', 'accountId'] as const
const METHOD_FIELDS = ['apiId', 'stage', 'method', 'path'] as const
const SOCKET_FIELDS = ['apiId', 'stage', 'route'] as const
const SERVICE = 2

/** The fields that identify an API: those of the option `api`, and the service. */
const API_FIELDS: ReadonlySet<string> = new Set(['partition', 'service', 'region', 'accountId', 'apiId', 'stage'])

const VERBS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'ANY'])
const VERB_PATTERN = /^[A-Z*?]{1,20}$/
/** The form of a field that is shown. */
const FIELD = /^[\w$*?-]{0,128}$/
const OMITTED = '…'

/** Escapes everything except printable ASCII. */
const printable = (text: string): string =>
  text.replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

const matches = (pattern: string, text: string, variables: boolean): boolean =>
  new Glob(parseText(pattern, { wildcards: true, variables }).map((part) => (isVariable(part) ? ANY : part))).matches(
    text,
  )

/** The fields of a request's ARN. */
interface Target {
  readonly prefix: readonly string[]
  readonly names: readonly string[]
  readonly resource: readonly string[]
}

const targetOf = (arn: string): Target => {
  const { arnPrefix, resource } = parseArn(arn) ?? { arnPrefix: '', resource: arn }
  const prefix = arnPrefix.split(':')
  if (prefix[SERVICE] !== 'execute-api') return { prefix, names: ['resource'], resource: [resource] }
  const [apiId = '', stage = '', verb = '', ...path] = resource.split('/')
  return path.length === 0 && verb.startsWith('$')
    ? { prefix, names: SOCKET_FIELDS, resource: [apiId, stage, verb] }
    : { prefix, names: METHOD_FIELDS, resource: [apiId, stage, verb, path.join('/')] }
}

/** A pattern split into the fields of a target. `spanning`: a star may also match the fields after it. */
interface PatternFields {
  readonly prefix: readonly string[]
  readonly resource: readonly string[]
  readonly spanning: boolean
}

const fieldsOf = (pattern: string, names: readonly string[]): PatternFields => {
  const segments = pattern.split(':')
  const prefix = PREFIX_FIELDS.map((_, field) => segments[field] ?? '*')
  const rest = segments.length > PREFIX_FIELDS.length ? segments.slice(PREFIX_FIELDS.length).join(':') : '*'
  if (names.length === 1) return { prefix, resource: [rest], spanning: false }
  const resource = rest.split('/')
  const spanning = (resource[0] as string).includes('*')
  // In `*/GET/pets` the star matches API and stage.
  if (spanning && VERBS.has(resource[1] ?? '')) resource.splice(1, 0, '*')
  // In `*/pets*` it matches everything before the path.
  else if (spanning && resource.length === 2) resource.splice(1, 0, '*', '*')
  return { prefix, resource, spanning: spanning || (resource[1] ?? '').includes('*') }
}

/** The position of the first field of the resource that differs. */
const differingField = ({ resource, spanning }: PatternFields, target: Target, variables: boolean): number => {
  const path = target.names.length - 1
  for (let field = 0; field < path; field++) {
    const piece = resource[field] as string
    const matched = matches(piece, target.resource[field] as string, variables)
    const ends = field === resource.length - 1
    if (ends) {
      // A star also matches the remaining fields, regardless of the text after it.
      const upToStar = piece.slice(0, piece.indexOf('*') + 1)
      if (upToStar !== '' && matches(upToStar, target.resource.slice(field).join('/'), variables)) return path
      if (matched) return field + 1
    }
    if (matched) continue
    return spanning && target.names[field] === 'method' && !VERB_PATTERN.test(piece) ? path : field
  }
  return path
}

/** The index of the first field that differs, counted over prefix and resource. */
const depthOf = (
  pieces: PatternFields,
  pattern: string,
  target: Target,
  variables: boolean,
  grants: boolean,
): number => {
  const differing = pieces.prefix.findIndex((piece, field) => {
    // An Allow with a wildcard in the service field matches nothing (AWS-POL-22c).
    if (field === SERVICE && grants && pattern.split(':').length > SERVICE && /[*?]/.test(piece)) return true
    return !matches(piece, target.prefix[field] ?? '', false)
  })
  return differing >= 0 ? differing : PREFIX_FIELDS.length + differingField(pieces, target, variables)
}

const nameAt = (depth: number, { names }: Target): string =>
  PREFIX_FIELDS[depth] ?? (names[depth - PREFIX_FIELDS.length] as string)

const show = (field: string, name: string): string => {
  const form = name === 'method' ? VERB_PATTERN : FIELD
  if (name === 'path' || name === 'resource' || !form.test(field)) return OMITTED
  // The text after a star may belong to the path.
  const star = name === 'apiId' || name === 'stage' ? field.indexOf('*') + 1 : 0
  return star > 0 && star < field.length ? field.slice(0, star) + OMITTED : field
}

/** The visible text of a pattern, and the position of each field in it. */
const render = (
  { prefix, resource }: PatternFields,
  { names }: Target,
): { text: string; starts: readonly number[] } => {
  const starts: number[] = []
  let text = ''
  const add = (field: string, separator: string): void => {
    if (text !== '') text += separator
    starts.push(text.length)
    text += field
  }
  for (const [field, piece] of prefix.entries()) add(show(piece, PREFIX_FIELDS[field] as string), ':')
  for (const [field, name] of names.entries()) {
    const piece = resource[field]
    if (piece !== undefined) add(show(piece, name), field === 0 ? ':' : '/')
  }
  return { text, starts }
}

const closest = (
  patterns: readonly string[],
  target: Target,
  { variables, grants }: PatternUse,
): { pieces: PatternFields; depth: number } =>
  patterns
    .map((pattern) => {
      const pieces = fieldsOf(pattern, target.names)
      return { pieces, depth: depthOf(pieces, pattern, target, variables, grants) }
    })
    .reduce((nearest, each) => (each.depth > nearest.depth ? each : nearest))

/** How a statement uses its patterns: with policy variables or not, and whether a match grants permissions. */
export interface PatternUse {
  readonly variables: boolean
  readonly grants: boolean
}

/** An ARN as explanations show it. */
export const shownArn = (arn: string): string => printable(arn)

/** The pattern that comes closest to an ARN that none of the patterns matches, and the first field that differs. */
export const differenceFrom = (arn: string, patterns: readonly string[], use: PatternUse): ResourceDifference => {
  const target = targetOf(arn)
  const { pieces, depth } = closest(patterns, target, use)
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
 * The field in which the closest of these patterns names another API than the ARN; `undefined` if a pattern may match
 * something in the API.
 */
export const foreignFieldOf = (arn: string, patterns: readonly string[], variables: boolean): string | undefined => {
  if (patterns.length === 0) return undefined
  const target = targetOf(arn)
  const name = nameAt(closest(patterns, target, { variables, grants: true }).depth, target)
  return API_FIELDS.has(name) ? name : undefined
}
