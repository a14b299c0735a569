/** Describes errors for log lines: the class and the place in the user's code, never the text. @module */

const CLASS = /^[A-Za-z_$][\w$]{0,63}$/
// The name at the beginning of a stack, and the code that Node.js adds: `TypeError [ERR_INVALID_ARG_TYPE]`.
const NAME = /^[A-Za-z_$][\w$.-]{0,63}(?: \[[A-Z0-9_]{1,64}\])?/
const SOURCE = /^[\x20-\x7e]{1,200}\.[cm]?[jt]sx?$/
const LOCATION = /^(.+):(\d{1,9}):(\d{1,9})$/
const FRAME = '    at '

// Limits on the text that is read, because errors may have megabytes of it.
const MAX_HEADER = 200
const MAX_FRAMES_TEXT = 16_384
const MAX_FRAME = 1024

/** The path of this module in the sources and in the package. Bundlers change it. */
const OWN_FILE = /^(.*\/)kernel\/decision\/failure\.[cm]?[jt]s$/

/** The absolute path in a frame's location, with `/` between folders; `undefined` if it is not a file. */
const pathOf = (place: string): string | undefined => {
  if (place.startsWith('file://')) {
    const path = decodeURIComponent(place.slice('file://'.length).replace(/[?#].*$/, ''))
    return path.replace(/^\/(?=[A-Za-z]:)/, '')
  }
  if (place.startsWith('/')) return place
  return /^[A-Za-z]:[\\/]/.test(place) ? place.replaceAll('\\', '/') : undefined
}

interface Frame {
  readonly path: string
  readonly line: string
  readonly column: string
}

const parseFrame = (text: string): Frame | undefined => {
  const named = text.indexOf(' (')
  const place = named >= 0 && text.endsWith(')') ? text.slice(named + 2, -1) : text.replace(/^async /, '')
  const [, file, line, column] = LOCATION.exec(place) ?? []
  const path = file === undefined ? undefined : pathOf(file)
  return path === undefined ? undefined : { path, line: line as string, column: column as string }
}

const isName = (name: unknown): boolean =>
  typeof name === 'string' && name.length <= MAX_HEADER && NAME.exec(name)?.[0] === name

/**
 * The frames of a stack, without the `name: message` before them. Name and message may have several lines and may look like
 * frames, so frames are returned only if the name is plain and the text equals the error's own message.
 */
const framesOf = (error: object): readonly string[] => {
  const { stack, message, name } = error as { stack?: unknown; message?: unknown; name?: unknown }
  if (typeof stack !== 'string' || typeof message !== 'string' || !isName(name)) return []
  const header = NAME.exec(stack.slice(0, MAX_HEADER))?.[0]
  // Without a name the stack begins with the message itself.
  if (header === undefined || (message !== '' && stack.startsWith(message))) return []
  let end = header.length
  // A message that was set after the stack was first read is not part of the stack.
  if (message !== '' && stack.startsWith(': ', end)) {
    if (!stack.startsWith(message, end + 2)) return []
    end += 2 + message.length
  }
  if (stack[end] !== '\n') return []
  const text = stack.slice(end + 1, end + 1 + MAX_FRAMES_TEXT)
  const lines = text.split('\n')
  // The last line may have been cut.
  if (text.length === MAX_FRAMES_TEXT) lines.pop()
  while (lines.at(-1) === '') lines.pop()
  return lines.every((each) => each.startsWith(FRAME)) ? lines.map((each) => each.slice(FRAME.length)) : []
}

/** The folder of this library; `undefined` in a bundle, where it cannot be distinguished from the user's code. */
const ownFolder = (): string | undefined => {
  const [frame = ''] = framesOf(new Error('own'))
  return OWN_FILE.exec(parseFrame(frame)?.path ?? '')?.[1]
}

const workingDirectory = (): string | undefined => {
  const host = (globalThis as { process?: { cwd?: () => unknown } }).process
  const folder = host?.cwd?.()
  if (typeof folder !== 'string') return undefined
  const path = folder.replaceAll('\\', '/')
  return path.endsWith('/') ? path : `${path}/`
}

/** The first frame in the user's own files: `src/authorizer.js:12:7`. */
const placeOf = (error: object): string | undefined => {
  const frames = framesOf(error)
  if (frames.length === 0) return undefined
  const library = ownFolder()
  const working = workingDirectory()
  for (const text of frames) {
    const frame = text.length > MAX_FRAME ? undefined : parseFrame(text)
    if (frame === undefined || (library !== undefined && frame.path.startsWith(library))) continue
    const { path, line, column } = frame
    const below = working !== undefined && path.startsWith(working)
    const shown = below ? path.slice(working.length) : path
    if (/(?:^|\/)node_modules\//.test(shown)) continue
    const name = below ? shown : shown.slice(shown.lastIndexOf('/') + 1)
    if (SOURCE.test(name)) return `${name}:${line}:${column}`
  }
  return undefined
}

const isError = (error: unknown): error is object =>
  error instanceof Error || Object.prototype.toString.call(error) === '[object Error]'

const classOf = (error: object): string => {
  const { constructor } = (Object.getPrototypeOf(error) ?? {}) as { constructor?: { name?: unknown } }
  const name = constructor?.name
  return typeof name === 'string' && CLASS.test(name) ? name : 'an error'
}

const attempt = <T>(read: () => T): T | undefined => {
  try {
    return read()
  } catch {
    return undefined
  }
}

/**
 * Describes what a function threw, for a log line: `TypeError at src/authorizer.js:12:7`. The class is the name of the
 * constructor. The place is the first frame outside of `node_modules`, Node.js and this library: a path below the working
 * directory, or the bare file name. Both are left out if they are uncertain. Message, `name` and all other members of
 * the error never appear (SEC-101). Exceptions of its getters are caught.
 */
export const describeFailure = (error: unknown): string => {
  if (attempt(() => isError(error)) === true) {
    const place = attempt(() => placeOf(error as object))
    const name = attempt(() => classOf(error as object)) ?? 'an error'
    return place === undefined ? name : `${name} at ${place}`
  }
  return attempt(() => isError(error)) === undefined
    ? 'an object that cannot be read'
    : `a value of type ${error === null ? 'null' : typeof error}`
}
