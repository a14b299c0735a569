import { afterAll, beforeAll, describe } from 'vitest'
import { consumerTests } from './consumers.ts'
import { contentTests } from './contents.ts'
import { Project } from './project.ts'
import { runtimeTests } from './runtime.ts'
import { surfaceTests } from './surface.ts'

// Packing and installing take their time; all that looks at the result shares one project.
const project = new Project()
beforeAll(() => project.install(), 300_000)
afterAll(() => project.remove())

describe('what a package contains', () => contentTests(project))
describe('what a package exports', () => surfaceTests(project))
describe('what a package needs of its runtime', () => runtimeTests(project))
describe('what a user does with the packages', () => consumerTests(project))
