/** Recognizes the kind of a recorded event, and reads the request that it was made for. @module */
import type { ApiOptions } from '@custom-authorizer/core/aws'
import { FIELD_NAME, FIELD_VALUE, ownMember } from '@custom-authorizer/core/contract'
import { UsageError } from '../usage-error.ts'
import type { ContractName, ContractOptions } from './contracts.ts'
import type { RequestParts } from './request.ts'

/** What a recorded event says about its gateway. */
export interface RecordedEvent {
  readonly contract: ContractName
  /** The API on AWS. Absent for other events. */
  readonly api?: ApiOptions
  /** Further options of the contract that follow from the event. Default: none. */
  readonly options?: ContractOptions
  readonly request: RequestParts
}

type Event = Readonly<Record<string, unknown>>

const isEvent = (value: unknown): value is Event => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A member by its path. */
const at = (event: Event, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((holder, name) => ownMember(holder, name), event)

const textAt = (event: Event, ...path: readonly string[]): string | undefined => {
  const value = at(event, ...path)
  return typeof value === 'string' ? value : undefined
}

const METHOD_ARN = /^arn:([^:]+):execute-api:([^:]+):(\d+):([^/:]+)\/([^/]+)\/([^/]+)(\/.*)?$/s

/** Headers that a policy's conditions read. */
const CONDITION_HEADERS: ReadonlySet<string> = new Set(['user-agent', 'referer'])

const headersOf = (event: Event): RequestParts['headers'] => {
  const headers = at(event, 'headers')
  if (!isEvent(headers)) return []
  return Object.entries(headers).flatMap(([name, value]) =>
    CONDITION_HEADERS.has(name.toLowerCase()) &&
    FIELD_NAME.test(name) &&
    typeof value === 'string' &&
    FIELD_VALUE.test(value)
      ? [[name, value] as const]
      : [],
  )
}

interface AwsPlace {
  /** Member with the ARN. */
  readonly arn: string
  /** Member with the client's address. */
  readonly sourceIp: readonly string[]
}

const REST: AwsPlace = { arn: 'methodArn', sourceIp: ['requestContext', 'identity', 'sourceIp'] }
const HTTP_2: AwsPlace = { arn: 'routeArn', sourceIp: ['requestContext', 'http', 'sourceIp'] }

/** Method, path and API of an AWS event are those of its ARN: policies are compared with it. */
const fromArn = (event: Event, { arn, sourceIp }: AwsPlace): Pick<RecordedEvent, 'api' | 'request'> => {
  const [found, partition, region, accountId, apiId, stage, verb, path = '/'] =
    METHOD_ARN.exec(textAt(event, arn) ?? '') ?? []
  if (found === undefined)
    throw new UsageError(
      `${arn} of the event is not the ARN of a method`,
      'It is arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH.',
    )
  const isConnect = verb === '$connect'
  return {
    api: { partition, region, accountId, apiId, stage } as ApiOptions,
    request: {
      method: isConnect ? 'GET' : (verb as string),
      target: path,
      headers: headersOf(event),
      sourceIp: textAt(event, ...sourceIp),
      ambiguousTargets: 'allow',
    },
  }
}

interface Kind {
  /** How messages describe the events. */
  readonly description: string
  readonly matches: (event: Event) => boolean
  readonly read: (event: Event) => RecordedEvent
}

const isRequest = (event: Event): boolean => event['type'] === 'REQUEST'

/** The kinds of events; the first match counts. */
const KINDS: readonly Kind[] = [
  {
    description: 'TOKEN (type "TOKEN")',
    matches: (event) => event['type'] === 'TOKEN',
    read: (event) => ({ contract: 'aws.token', ...fromArn(event, REST) }),
  },
  {
    description: 'HTTP API (type "REQUEST" and version "1.0" or "2.0")',
    matches: (event) => isRequest(event) && (event['version'] === '2.0' || event['version'] === '1.0'),
    read: (event) => {
      const { version } = event
      const place = version === '2.0' ? HTTP_2 : REST
      return { contract: 'aws.httpApi', options: { authorizerPayloadFormatVersion: version }, ...fromArn(event, place) }
    },
  },
  {
    description: 'WebSocket API (type "REQUEST" and requestContext.eventType "CONNECT")',
    matches: (event) => isRequest(event) && at(event, 'requestContext', 'eventType') === 'CONNECT',
    read: (event) => ({ contract: 'aws.webSocket', ...fromArn(event, REST) }),
  },
  {
    description: 'REQUEST (type "REQUEST")',
    matches: isRequest,
    read: (event) => ({ contract: 'aws.request', ...fromArn(event, REST) }),
  },
  {
    description: 'Huawei frontend (httpMethod, path and user_data)',
    matches: (event) =>
      textAt(event, 'httpMethod') !== undefined && textAt(event, 'path') !== undefined && 'user_data' in event,
    read: (event) => {
      const path = encodeURI(textAt(event, 'path') as string)
      const target = path.startsWith('/') ? path : `/${path}`
      const method = textAt(event, 'httpMethod') as string
      return {
        contract: 'huawei.frontend',
        request: { method, target, headers: [], sourceIp: undefined, ambiguousTargets: 'allow' },
      }
    },
  },
  {
    description: 'Huawei backend (user_data alone)',
    matches: (event) => Object.keys(event).join() === 'user_data',
    read: () => ({
      contract: 'huawei.backend',
      request: { method: 'GET', target: '/', headers: [], sourceIp: undefined },
    }),
  },
]

/** @throws {UsageError} if the event is of no known kind, or lacks what the kind has */
export const readEvent = (event: unknown, name: string): RecordedEvent => {
  if (!isEvent(event)) throw new UsageError(`${name} is not an event: it is not a JSON object`)
  const kind = KINDS.find(({ matches }) => matches(event))
  if (kind === undefined)
    throw new UsageError(
      `${name} is no event of an authorizer`,
      `Recognized events: ${KINDS.map(({ description }) => description).join('; ')}`,
    )
  return kind.read(event)
}
