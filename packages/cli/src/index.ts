/** The inspector, and the programs of the command line. @module */
export { inspector, type Inspector, type InspectorOptions } from './inspector/index.ts'
