/** What a mapping has made of a query, for handlers. @module */
import type { Request } from 'express'

/** Express 4 has parsed the query before any guard runs; Express 5 parses it whenever it is read. */
export const renewQuery = (request: Request): void => {
  if (!Object.hasOwn(request, 'query')) return
  const parse = request.app.get('query parser fn') as ((text: string) => Request['query']) | undefined
  const mark = request.url.indexOf('?')
  request.query = parse === undefined || mark < 0 ? {} : parse(request.url.slice(mark + 1))
}
