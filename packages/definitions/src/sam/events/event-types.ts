/** Types of events that add routes to APIs, and how SAM names methods (DEF-SAM-01). @module */
import { methodName, routeKey } from '../../building/paths.ts'
import { at, member, type Node, textOf } from '../../document/node.ts'
import { namesOf } from '../deciding.ts'

/** Kind of API that an event belongs to. */
export type EventProtocol = 'REST' | 'HTTP'

/** What an event type needs to know. */
export interface EventType {
  readonly protocol: EventProtocol
  readonly idProperty: string
  readonly implicit: string
  readonly properties: ReadonlySet<string>
}

/** One row per type of event: the properties are those that SAM accepts. */
export const EVENT_TYPES: ReadonlyMap<string, EventType> = new Map([
  [
    'Api',
    {
      protocol: 'REST',
      idProperty: 'RestApiId',
      implicit: 'ServerlessRestApi',
      properties: namesOf(
        'Path Method RestApiId Stage Auth RequestModel RequestParameters TimeoutInMillis ResponseTransferMode UnescapeMappingTemplate',
      ),
    },
  ],
  [
    'HttpApi',
    {
      protocol: 'HTTP',
      idProperty: 'ApiId',
      implicit: 'ServerlessHttpApi',
      properties: namesOf('Path Method ApiId Stage Auth TimeoutInMillis RouteSettings PayloadFormatVersion'),
    },
  ],
])

/** Resources that SAM adds for events that name no API. */
export const IMPLICIT_APIS: Readonly<Record<EventProtocol, string>> = {
  REST: 'ServerlessRestApi',
  HTTP: 'ServerlessHttpApi',
}

/** The name that SAM gives to every method in an OpenAPI document. It takes it in events, too. */
const ANY_METHOD = 'x-amazon-apigateway-any-method'

/** The method of an event. */
export const samMethod = (text: string): string => (text.toLowerCase() === ANY_METHOD ? 'ANY' : methodName(text))

/** The key of an event's route as it is written, for findings. */
export const labelOf = (event: Node): readonly string[] => {
  const type = EVENT_TYPES.get(textOf(member(event, 'Type')) ?? '')
  const [path, method] = [at(event, 'Properties', 'Path'), at(event, 'Properties', 'Method')].map((each) =>
    textOf(each),
  )
  if (type === undefined) return []
  if (path !== undefined && method !== undefined) return [routeKey({ path, method: samMethod(method) })]
  return type.protocol === 'HTTP' ? ['$default'] : []
}
