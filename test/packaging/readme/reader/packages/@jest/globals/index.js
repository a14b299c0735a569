// The parts of Jest that the documentation uses.
export { afterAll, beforeAll, expect, test } from 'vitest'
