/** Collects findings, each once. @module */
import type { Origin } from '../definition.ts'
import type { DocumentProblem } from '../document/document-problem.ts'
import type { Finding, ReportClass, StopClass } from '../finding.ts'

/** What a finding says besides its class and its code. */
export interface Details {
  readonly message: string
  readonly advice: string
  /** Routes concerned. Default: none in particular. */
  readonly routes?: readonly string[]
}

/** Something that has a place in a file. */
export interface Placed {
  readonly origin: Origin
}

/** The findings of one import. */
export class Findings {
  readonly #found = new Map<string, Finding>()

  /** Nothing may be mounted until this is answered. */
  stop(kind: StopClass, code: string, at: Placed, details: Details): void {
    this.#add({ code, severity: 'stop', class: kind, ...this.#common(at, details) })
  }

  /** For information. */
  report(kind: ReportClass, code: string, at: Placed, details: Details): void {
    this.#add({ code, severity: 'report', class: kind, ...this.#common(at, details) })
  }

  /** The caller has to name the route. */
  confirm(code: string, at: Placed, details: Details): void {
    this.#add({ code, severity: 'confirm', class: 'open', ...this.#common(at, details) })
  }

  /** A document or file that cannot be read. */
  problem({ class: kind, code, origin, message, advice }: DocumentProblem): void {
    this.stop(kind, code, { origin }, { message, advice })
  }

  /** All findings, by place. */
  get list(): readonly Finding[] {
    return [...this.#found.values()].toSorted(byPlace)
  }

  #common({ origin }: Placed, { message, advice, routes = [] }: Details): Omit<Finding, 'code' | 'severity' | 'class'> {
    return { origin, routes, message: printable(message), advice: printable(advice) }
  }

  /** Adds a finding, or the routes that an equal one concerns, too. */
  #add(finding: Finding): void {
    const { file, pointer } = finding.origin
    const key = JSON.stringify([finding.class, finding.severity, finding.code, file, pointer, finding.message])
    const earlier = this.#found.get(key)
    if (earlier === undefined) this.#found.set(key, finding)
    else this.#found.set(key, { ...earlier, routes: [...new Set([...earlier.routes, ...finding.routes])] })
  }
}

const SEVERITIES = { stop: 0, confirm: 1, report: 2 } as const

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0)

const byPlace = (a: Finding, b: Finding): number =>
  SEVERITIES[a.severity] - SEVERITIES[b.severity] ||
  compare(a.origin.file, b.origin.file) ||
  a.origin.line - b.origin.line ||
  compare(a.origin.pointer, b.origin.pointer) ||
  compare(a.code, b.code)

/** Text of a file in a message: control characters are escaped, and long text is cut off (DEF-IN-10). */
const printable = (text: string): string => {
  const escaped = text.replaceAll(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (each) => `\\u${each.codePointAt(0)?.toString(16).padStart(4, '0')}`,
  )
  return escaped.length > 1000 ? `${escaped.slice(0, 1000)}…` : escaped
}
