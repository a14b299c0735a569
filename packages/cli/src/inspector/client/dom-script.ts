/** Part of the page's script: elements, texts and requests. Data becomes text nodes only, never markup. @module */

export const DOM_SCRIPT: string = String.raw`
const base = new URL('.', import.meta.url).pathname
const byId = (id) => document.getElementById(id)

/* Characters that are invisible, or change the order of others, are shown as escapes. */
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g
const plain = (value) =>
  String(value).replace(UNSEEN, (char) => '\\u' + char.charCodeAt(0).toString(16).padStart(4, '0'))

/* Creates an element. Children are elements or texts; those that are undefined, null or false are left out. */
const el = (tag, attributes, ...children) => {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes ?? {}))
    if (value !== undefined && value !== null && value !== false) element.setAttribute(name, value)
  for (const child of children.flat())
    if (child !== undefined && child !== null && child !== false)
      element.append(child instanceof Node ? child : document.createTextNode(plain(child)))
  return element
}

const setText = (element, text) => {
  element.textContent = plain(text)
}

const pad = (number, length = 2) => String(number).padStart(length, '0')
const timeOf = (at) => {
  const time = new Date(at)
  return pad(time.getHours()) + ':' + pad(time.getMinutes()) + ':' + pad(time.getSeconds()) + '.' + pad(time.getMilliseconds(), 3)
}
const durationOf = (ms) => (typeof ms === 'number' ? (ms < 100 ? ms.toFixed(2) : ms.toFixed(0)) : '-')
const ageOf = (ms) => (ms < 1000 ? Math.round(ms) + ' ms' : ms < 120000 ? (ms / 1000).toFixed(1) + ' s' : Math.round(ms / 60000) + ' min')
const verdictOf = ({ verdict, status }) => (status === undefined ? verdict : verdict + ' ' + status)
const cacheOf = ({ state: found, ageMs }) => (found === 'hit' && ageMs !== undefined ? 'hit, ' + ageOf(ageMs) : found)
const plural = (count, noun) => count + ' ' + noun + (count === 1 ? '' : 's')

/* Sends a request to the inspector. Throws an error with a text for the developer. */
const api = async (path, body) => {
  const init = body === undefined
    ? {}
    : { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
  let response
  try {
    response = await fetch(base + path, { ...init, cache: 'no-store', redirect: 'error' })
  } catch {
    throw new Error('The service does not respond.')
  }
  const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json')
  const value = isJson ? await response.json() : { error: (await response.text()).trim() }
  if (!response.ok) throw new Error(value.error ?? 'Status ' + response.status)
  return value
}

const state = {
  run: '',
  lastId: 0,
  authorizers: [],
  maxDecisions: 500,
  rows: [],
  problems: [],
  selected: undefined,
  paused: false,
  waiting: [],
}

/* Names of authorizers; those that occur twice have a number. */
const sourceName = (source) => {
  const name = state.authorizers[source] ?? '?'
  const same = state.authorizers.flatMap((each, index) => (each === name ? [index] : []))
  return same.length > 1 ? name + ' (' + (same.indexOf(source) + 1) + ')' : name
}
`
