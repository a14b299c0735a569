// The parts of node:test that the documentation uses.
export { afterAll as after, beforeAll as before, test } from 'vitest'
