/**
 * Measures the cost of one decision in microseconds: `node evaluate-worker.mjs`, driven by messages of the parent.
 *
 * A header that has just been received has no hash yet, so the first look-up in a map has to hash all of it. Each sample
 * therefore creates new requests before the clock starts. `rehit` decides on the same requests again, when the hash of each
 * header is cached.
 */
import { createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { toGatewayRequest } from '@custom-authorizer/core/node'
import { handleCommands } from './commands.mjs'
import { ARN, authorizerWith, policyOf, statement, typicalPolicy } from './guarded.mjs'
import { middleHalf, median } from './statistics.mjs'
import { issueCredentials } from './token.mjs'

const BATCH = 256
const bytes = Buffer.from(issueCredentials().authorization, 'latin1')
const freshHeader = () => bytes.latin1Slice()

const socket = { remoteAddress: '127.0.0.1' }
/** The part of Node's request that the guard reads. */
const incomingWith = (authorization) => ({
  method: 'GET',
  url: '/pets',
  httpVersion: '1.1',
  httpVersionMajor: 1,
  rawHeaders: ['Host', '127.0.0.1:3000', 'User-Agent', 'bench', 'Accept', '*/*', 'Authorization', authorization],
  headers: { host: '127.0.0.1:3000', 'user-agent': 'bench', accept: '*/*', authorization },
  socket,
})

const guardedBy = async (policy) => {
  const authorizer = createAuthorizer({
    authorize: authorizerWith(policy),
    contract: aws.token({ authorizerResultTtlInSeconds: 3600, limits: { policyBytes: 65_536 } }),
  })
  const first = await authorizer.evaluate(toGatewayRequest(incomingWith(freshHeader())))
  if (!first.allowed) throw new Error(`The request was denied: ${first.reason}`)
  return authorizer
}

/** Uses every result, so that the engine cannot optimize the work away. */
let used = 0
const useOutcome = (outcome) => {
  if (!outcome.allowed) throw new Error('The request was denied')
  used += outcome.authorizer.principalId.length
}

const evaluateHit = async (policy) => {
  const authorizer = await guardedBy(policy)
  return {
    prepare: () => toGatewayRequest(incomingWith(freshHeader())),
    run: (request) => useOutcome(authorizer.evaluate(request)),
  }
}

const walkHit = async (policy) => {
  const authorizer = await guardedBy(policy)
  return {
    prepare: () => incomingWith(freshHeader()),
    run: (incoming) => {
      const outcome = authorizer.evaluate(toGatewayRequest(incoming))
      useOutcome(outcome)
      used += outcome.authorizer.context.role.length
    },
  }
}

/** A hundred wildcards that almost match a path of the maximum length. */
const wildcards = async () => {
  const policy = { Version: '2012-10-17', Statement: [statement('Allow', `${ARN}/GET/${'*a'.repeat(100)}b`)] }
  const authorizer = createAuthorizer({
    authorize: authorizerWith(policy),
    contract: aws.token({ authorizerResultTtlInSeconds: 3600 }),
    logger: null,
  })
  const path = `/${'a'.repeat(1500)}`
  const prepare = () => toGatewayRequest({ ...incomingWith(freshHeader()), url: path })
  if ((await authorizer.evaluate(prepare())).allowed) throw new Error('The request was allowed')
  return { prepare, run: (request) => (used += authorizer.evaluate(request).response.status) }
}

const mapHit = () => {
  const map = new Map([[freshHeader(), { length: 1 }]])
  return { prepare: freshHeader, run: (header) => (used += map.get(header).length) }
}

const subjects = {
  // The minimum cost of a look-up.
  'map/hit': mapHit,
  'evaluate/hit/1': () => evaluateHit(policyOf(1)),
  'evaluate/hit/5': () => evaluateHit(typicalPolicy),
  'evaluate/hit/10': () => evaluateHit(policyOf(10)),
  'evaluate/hit/100': () => evaluateHit(policyOf(100)),
  'wildcards/100': wildcards,
  request: () => ({
    prepare: () => incomingWith(freshHeader()),
    run: (incoming) => (used += toGatewayRequest(incoming).path.length),
  }),
  // From Node's request to the context: toGatewayRequest, evaluate, principalId and a context value.
  'walk/hit/5': () => walkHit(typicalPolicy),
}

const timed = (inputs, run) => {
  const started = process.hrtime.bigint()
  for (let index = 0; index < inputs.length; index++) run(inputs[index])
  return Number(process.hrtime.bigint() - started)
}

/** Microseconds of one run with new inputs, and with the same inputs again. */
const sample = ({ prepare, run }, nanoseconds) => {
  let fresh = 0
  let again = 0
  let batches = 0
  while (fresh < nanoseconds) {
    const inputs = Array.from({ length: BATCH }, prepare)
    fresh += timed(inputs, run)
    again += timed(inputs, run)
    batches++
  }
  return { fresh: fresh / batches / BATCH / 1000, again: again / batches / BATCH / 1000 }
}

const toRow = (name, values) => ({
  name,
  value: Number(median(values).toFixed(3)),
  unit: 'µs',
  spread: middleHalf(values).map((each) => Number(each.toFixed(3))),
})

/** Samples of all subjects alternate, like the rounds of the servers. */
const measure = async ({ samples, milliseconds }) => {
  const prepared = []
  for (const [name, make] of Object.entries(subjects)) prepared.push({ name, subject: await make(), samples: [] })
  for (const { subject } of prepared) sample(subject, 3e8)
  for (let turn = 0; turn < samples; turn++)
    for (const { subject, samples: found } of prepared) found.push(sample(subject, milliseconds * 1e6))
  const rows = []
  for (const { name, samples: found } of prepared) {
    rows.push(
      toRow(
        name,
        Array.from(found, ({ fresh }) => fresh),
      ),
    )
    if (name.includes('/hit'))
      rows.push(
        toRow(
          name.replace('/hit', '/rehit'),
          Array.from(found, ({ again }) => again),
        ),
      )
  }
  return { rows, used }
}

handleCommands({ measure })
