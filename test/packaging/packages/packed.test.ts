import { afterAll, beforeAll, describe } from 'vitest'
import { commandLineTests } from './command-line.ts'
import { consumerTests } from './consumers.ts'
import { contentTests } from './contents.ts'
import { formatTests } from './formats.ts'
import { loadingTests } from './loading.ts'
import { nameTests } from './names.ts'
import { Project } from './project.ts'
import { runtimeTests } from './runtime.ts'
import { surfaceTests } from './surface.ts'

// Packing and installing are slow, so all tests share one project.
const project = new Project()
beforeAll(() => project.install(), 300_000)
afterAll(() => project.remove())

describe('package contents', () => contentTests(project))
describe('package exports', () => surfaceTests(project))
describe('runtime requirements', () => runtimeTests(project))
describe('package consumers', () => consumerTests(project))
describe('module formats', () => formatTests(project))
describe('the command line', () => commandLineTests(project))
describe('loaded modules', () => loadingTests(project))
describe('names in the CommonJS build', () => nameTests(project))
