/** Where the values of variables come from: the file, other files, and given values. Nothing else is read (DEF-RES-10, -11). @module */
import type { Origin } from '../../definition.ts'
import { type Node, scalar, textOf, unknown } from '../../document/node.ts'
import { assumeAll } from './assume.ts'
import { readFileVariable } from './files.ts'
import { givenNode } from './given.ts'
import { assumedBy, isFound, type Lookup, type Reference, type Resolver } from './resolver.ts'
import type { Part } from './syntax.ts'

type SourceReader = (reference: Reference, resolver: Resolver) => Lookup

/** The stage: given, or the default of the file, which the deployment may replace. */
const stage = ({ origin }: Reference, resolver: Resolver): Node => {
  const given = resolver.context.options.stage
  if (given !== undefined) return scalar(given, origin)
  const declared = resolver.find(resolver.root, ['provider', 'stage'])
  const value = isFound(declared) && !isNull(declared) ? declared : scalar('dev', origin)
  return assumeAll({ ...value, origin }, 'stage')
}

const isNull = (node: Node): boolean => node.kind === 'scalar' && node.value === null

/** Parameters of the stage, then of all stages: `params` of version 3, `stages` of version 4. */
const param: SourceReader = (reference, resolver) => {
  const current = stage(reference, resolver)
  const name = textOf(current)
  if (name === undefined) return unknown('unresolved', `\${param:${reference.address}}`, reference.origin)
  let { assumed } = current
  for (const key of [name, 'default'])
    for (const path of [
      ['params', key, reference.address],
      ['stages', key, 'params', reference.address],
    ]) {
      const found = resolver.find(resolver.root, path)
      if (isFound(found) && !isNull(found)) return assumeAll(found, assumed)
      assumed ??= assumedBy(found)
    }
  return { assumes: `param:${reference.address}` }
}

const opt: SourceReader = ({ address, origin }, { context: { options } }) => {
  if (address === 'stage' && options.stage !== undefined) return scalar(options.stage, origin)
  return { assumes: address === 'stage' ? 'stage' : `opt:${address}` }
}

const TRUTH: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
])

const strToBool: SourceReader = ({ parameters: [text = ''], origin }) => {
  const value = TRUTH.get(text.trim().toLowerCase())
  return value === undefined ? unknown('unresolved', '${strToBool(…)}', origin) : scalar(value, origin)
}

const aws: SourceReader = ({ address, origin }, resolver) => {
  if (address !== 'region') return unknown('unresolved', `\${aws:${address}}`, origin)
  const given = givenValue('opt:region', origin, resolver)
  if (given !== undefined) return given
  const declared = resolver.find(resolver.root, ['provider', 'region'])
  return assumeAll(isFound(declared) && !isNull(declared) ? declared : scalar('us-east-1', origin), 'opt:region')
}

const READERS: ReadonlyMap<string, SourceReader> = new Map<string, SourceReader>([
  ['self', ({ address }, resolver) => resolver.find(resolver.root, address === '' ? [] : address.split('.'))],
  [
    'sls',
    (reference, resolver) =>
      reference.address === 'stage'
        ? stage(reference, resolver)
        : unknown('unresolved', `\${sls:${reference.address}}`, reference.origin),
  ],
  ['env', ({ address }) => ({ assumes: `env:${address}` })],
  ['opt', opt],
  ['param', param],
  ['strToBool', strToBool],
  ['aws', aws],
  ['file', readFileVariable],
])

const givenValue = (name: string, origin: Origin, { context: { options } }: Resolver): Node | undefined => {
  const given = options.variables ?? {}
  return Object.hasOwn(given, name) ? givenNode(given[name], origin) : undefined
}

/** The value of one source of a variable. */
export const lookUp = (type: string, reference: Reference, resolver: Resolver): Lookup => {
  const { parameters, address, origin } = reference
  const name = `${type}${parameters.length > 0 ? `(${parameters.join(', ')})` : ''}${address === '' ? '' : `:${address}`}`
  const given = type === 'self' || type === 'strToBool' ? undefined : givenValue(name, origin, resolver)
  if (given !== undefined) return given
  const reader = READERS.get(type)
  return reader === undefined ? unknown('unresolved', `\${${name}}`, origin) : reader(reference, resolver)
}

/** Variables whose values may occur in messages: they are never secrets. */
const SHOWN =
  /^\$\{(?:sls:stage|(?:self:provider\.|opt:|aws:)(?:stage|region)|self:service)(?:, *(?:'[\w-]*'|self:provider\.(?:stage|region)))?\}$/

/** Whether the value of a variable may occur in a message. */
export const isShown = ({ text }: Part): boolean => SHOWN.test(text)
