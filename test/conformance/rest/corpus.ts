/** Reads the corpus and expands its abbreviations; the format is described next to the data. @module */
import { readFileSync } from 'node:fs'
import type { RawRequest } from '../../support/raw-client.ts'

/** What a step expects of an answer of the gateway. */
export interface ExpectedAnswer {
  readonly status: number
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly absent?: readonly string[]
}

export interface Expected extends Partial<ExpectedAnswer> {
  readonly answer?: string
  readonly integration?: true
  readonly authorizer?: Readonly<Record<string, unknown>>
  readonly event?: Readonly<Record<string, unknown>>
  readonly eventMembers?: readonly string[]
}

export type Step =
  | { readonly flush: true }
  | { readonly advanceMs: number; readonly expect?: undefined }
  | { readonly request?: RawRequest; readonly advanceMs?: number; readonly expect: Expected; readonly calls: number }

export type Style = 'async' | 'throw' | 'callback' | 'context.succeed' | 'context.fail' | 'context.done' | 'silent'

/** A Lambda function described as data. */
export interface HandlerDescription {
  readonly styles: readonly Style[]
  readonly result?: unknown
  readonly error?: { readonly Error: string } | { readonly value: unknown }
}

export interface Row {
  readonly id: string
  readonly rules: readonly string[]
  readonly title: string
  readonly options?: Readonly<Record<string, unknown>>
  readonly mount?: Readonly<Record<string, unknown>>
  readonly handler?: HandlerDescription
  readonly steps: readonly Step[]
}

export interface Corpus {
  readonly contract: 'token' | 'request'
  readonly options: Readonly<Record<string, unknown>>
  readonly request: RawRequest
  readonly rows: readonly Row[]
}

interface Answers {
  readonly common: {
    readonly headers: Readonly<Record<string, string>>
    readonly patterns: Readonly<Record<string, string>>
    readonly absent: readonly string[]
  }
  readonly answers: Readonly<Record<string, ExpectedAnswer>>
}

interface ResourceArns {
  readonly rows: readonly {
    readonly id: string
    readonly rules: readonly string[]
    readonly pattern: string
    readonly match: boolean
  }[]
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../corpus/aws/${name}.json`, import.meta.url), 'utf8'))

export const readCorpus = (name: 'rest-token' | 'rest-request' | 'gateway-responses' | 'cache'): Corpus =>
  read(name) as Corpus
export const readArns = (): ResourceArns => read('resource-arns') as ResourceArns
export const ANSWERS: Answers = read('answers') as Answers

/** `A` of section 17. */
const BASE_ARN = 'arn:aws:execute-api:us-east-1:123456789012:abcdef123/prod'

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const statement = (Effect: string, Resource: unknown): unknown => ({ Effect, Action: 'execute-api:Invoke', Resource })

const ABBREVIATIONS: Readonly<Record<string, (value: unknown) => unknown>> = {
  $allow: (resource) => [statement('Allow', resource)],
  $deny: (resource) => [statement('Deny', resource)],
  $statements: (statements) => statements,
}

/** Replaces `{A}`, `{c*N}` and the given names in every text, and the abbreviations for whole results. */
export const expand = (value: unknown, names: Readonly<Record<string, string>> = {}): unknown => {
  if (typeof value === 'string') {
    return value
      .replaceAll('{A}', BASE_ARN)
      .replace(/\{(.)\*(\d+)\}/g, (_, char: string, count: string) => char.repeat(Number(count)))
      .replace(/\{(event\.\w+)\}/g, (whole, name: string) => names[name] ?? whole)
  }
  if (Array.isArray(value)) return value.map((each) => expand(each, names))
  if (!isRecord(value)) return value
  const members: Record<string, unknown> = {}
  for (const [key, member] of Object.entries(value)) {
    const toStatements = ABBREVIATIONS[key]
    if (toStatements === undefined) members[key] = expand(member, names)
    else {
      members['principalId'] ??= 'u'
      members['policyDocument'] = { Version: '2012-10-17', Statement: expand(toStatements(member), names) }
    }
  }
  return members
}
