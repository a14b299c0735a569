/** A service whose guard reads the body of each request, and a record of the bodies that the function received. @module */
import * as huawei from '@custom-authorizer/core/huawei'
import type { Adapter, Plan, Service } from '../../support/adapters.ts'
import { digestOf } from './payload.ts'

type Step = NonNullable<Plan['use']>[number]
type HandledRequest = Parameters<NonNullable<NonNullable<Plan['routes']>[number]['handle']>>[0]

/** Chooses the result of the function. */
export type Decide = () => 'allow' | 'deny' | Promise<'allow' | 'deny'>

/** An authorizer function that records the bodies it receives, and the guard that calls it. */
export class BodyRecorder {
  readonly seen: string[] = []
  readonly #decide: Decide

  constructor(decide: Decide = () => 'allow') {
    this.#decide = decide
  }

  readonly handler = async (event: huawei.FrontendEvent): Promise<object> => {
    this.seen.push(digestOf(Buffer.from(event.body, 'base64')))
    return { statusCode: 200, body: JSON.stringify({ status: await this.#decide(), context: { user: 'abc' } }) }
  }

  guard(adapter: Adapter, options: huawei.FrontendOptions = {}, mount: object = {}): Step {
    const contract = huawei.frontend({ needBody: true, ...options })
    return adapter.customAuthorizer(this.handler as never, { contract, logger: null, ...mount })
  }
}

/** Responds with the digest of the body that the handler reads. */
export const respondWithDigest = async (request: HandledRequest): Promise<{ body: string }> => ({
  body: digestOf(await request.body()),
})

/** A service with this middleware, one route that reads the body and one that ignores it. */
export const serve = (adapter: Adapter, ...use: Step[]): Promise<Service> =>
  adapter.serve({
    use,
    routes: ['GET', 'POST'].flatMap((method) => [
      { method, path: '/upload', handle: respondWithDigest },
      { method, path: '/ignore', handle: () => ({ body: 'ignored' }) },
    ]),
  })
