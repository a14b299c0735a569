/** The sections of `npm run bench`, and how each is measured. */
import { measureFleet } from './fleet/measure.mjs'
import { measureInside } from './http/inside.mjs'
import { measureServers } from './http/measure.mjs'
import { measureLoop } from './loop/measure.mjs'
import { measureMemory } from './memory.mjs'
import { measureSize } from './size.mjs'

const servers = (section) => (options, progress) => measureServers(section, options, progress)
const loop = (section) => (options, progress) => measureLoop(section, options, progress)

/** Each resolves with its rows. */
export const SECTIONS = {
  node: servers('node'),
  express: servers('express'),
  koa: servers('koa'),
  hono: servers('hono'),
  websocket: servers('websocket'),
  inside: measureInside,
  loop: loop('loop'),
  policy: loop('policy'),
  jwt: loop('jwt'),
  memory: measureMemory,
  size: measureSize,
  fleet: measureFleet,
  definitions: loop('definitions'),
}

/**
 * `repetitions` are new processes, `rounds` the turns of each process after two of `warmUp`, each of which takes at
 * least these seconds and requests. `samples` of `milliseconds` each are taken in a loop.
 * `callers` is the number of callers of the section `memory`.
 */
export const FULL = {
  repetitions: 12,
  rounds: 4,
  seconds: 0.2,
  warmUp: { seconds: 0.3, requests: 7000 },
  samples: 5,
  milliseconds: 40,
  callers: 1_000_000,
}
export const QUICK = {
  repetitions: 2,
  rounds: 2,
  seconds: 0.2,
  warmUp: { seconds: 0.2, requests: 4000 },
  samples: 3,
  milliseconds: 30,
  callers: 100_000,
}
