/** Part of the page's script: the explanation of a decision. @module */

export const DETAIL_SCRIPT: string = String.raw`
const part = (title, ...children) => el('section', { class: 'part' }, el('h3', {}, title), ...children)

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1)

/* Text between backquotes is code. */
const marked = (text) =>
  text.split('\u0060').map((piece, index) => (index % 2 === 1 ? el('code', {}, piece) : piece))

const callout = (kind, title, ...texts) =>
  el('div', { class: 'callout ' + kind }, el('strong', {}, title), texts.map((text) => el('p', {}, marked(sentence(text)))))

const facts = (pairs, kind = '') =>
  el('dl', { class: 'facts ' + kind }, pairs.filter(([, value]) => value !== undefined && value !== null).flatMap(([name, ...values]) => [
    el('dt', {}, name),
    el('dd', {}, values),
  ]))

const STATES = {
  present: 'present',
  missing: 'missing or empty',
  repeated: 'sent more than once',
  tooLong: 'too long',
  notText: 'not text',
  mismatched: 'does not match its validation expression',
}

const sourcesTable = (sources) =>
  el('table', {},
    el('thead', {}, el('tr', {}, ['Location', 'Name', 'State'].map((title) => el('th', { scope: 'col' }, title)))),
    el('tbody', {}, sources.map(({ location, name, state: found }) =>
      el('tr', {}, el('td', {}, location), el('td', {}, name),
        el('td', { class: found === 'present' ? 'state-good' : 'state-bad' }, (found === 'present' ? '\u2713 ' : '\u2717 ') + (STATES[found] ?? found))))))

const FAILED = {
  action: 'The action does not match.',
  resource: 'The resource does not match.',
  condition: 'A condition is not met.',
}

const statementItem = ({ index, sid, effect, matched, failed, resource, condition }) =>
  el('li', { class: 'statement' + (matched ? ' matched-' + effect.toLowerCase() : '') },
    el('p', {},
      el('span', { class: 'code' }, '#' + index),
      el('span', { class: 'badge ' + effect.toLowerCase() }, effect),
      sid !== undefined && el('span', { class: 'code' }, sid),
      el('span', { class: matched ? 'state-good' : 'why' }, matched ? '\u2713 matches' : '\u2717 does not match')),
    !matched && failed !== undefined && el('p', { class: 'why' },
      condition !== undefined ? 'The condition is not met: ' + condition
        : resource !== undefined ? 'The resource differs in its ' + resource.differs + '.'
          : FAILED[failed] ?? failed),
    resource !== undefined && el('pre', { tabindex: '0', 'aria-label': 'Comparison of the resources' }, resource.text))

const DECISIONS = {
  Allowed: 'allowed by the policy',
  ExplicitlyDenied: 'denied by a statement',
  ImplicitlyDenied: 'not allowed by any statement',
}

const policyPart = ({ decision, methodArn, statements }) =>
  part('Policy: ' + (DECISIONS[decision] ?? decision),
    methodArn !== undefined && facts([['Method ARN', methodArn]]),
    statements.length === 0
      ? el('p', { class: 'note' }, 'The policy has no statements.')
      : el('ol', { class: 'statements' }, statements.map(statementItem)))

const issuedFor = ({ cache, method, path }) => {
  if (cache.issuedFor === undefined) return undefined
  const { issuedFor: other } = cache
  return other.method === method && other.path === path ? 'this method and path' : other.method + ' ' + other.path
}

/* On a narrow screen, comparisons show their end, where the difference is. */
const showDifferences = (root) => {
  for (const comparison of root.querySelectorAll('pre')) comparison.scrollLeft = comparison.scrollWidth
}

/* The explanation of one decision. */
const decisionSheet = (detail, { heading = 'h2', actions = [] } = {}) => {
  const { explanation, advice, principalId } = detail
  return el('div', { class: 'sheet' },
    el('div', { class: 'top' },
      el('div', {},
        el(heading, { class: 'request' }, detail.method + ' ' + detail.path),
        el('p', { class: 'verdict-line' },
          el('span', { class: 'badge ' + detail.verdict }, verdictOf(detail)),
          el('span', { class: 'code' }, detail.reason),
          detail.isTest && el('span', { class: 'tag' }, 'test'))),
      ...actions),
    explanation === null
      ? callout('problem', 'No explanation', 'The contract failed to explain this decision.')
      : el('p', { class: 'summary' }, sentence(explanation.summary) + '.'),
    explanation?.problem !== undefined && callout('problem', 'Problem', explanation.problem),
    explanation?.hint !== undefined && callout('', 'Hint', explanation.hint),
    advice !== undefined && callout('advice', 'Usual cause, and what to change', advice.cause, advice.fix),
    part('Decision', facts([
      ['Time', timeOf(detail.at)],
      ['Authorizer', detail.authorizer],
      ['Contract', detail.contract],
      ['Principal', principalId === undefined ? undefined : principalId === '' ? '(empty)' : principalId,
        principalId !== undefined && principalId !== '' && invalidateButton(detail)],
      ['Cache', cacheOf(detail.cache)],
      ['Issued for', issuedFor(detail)],
      ['Duration', durationOf(detail.durationMs) + ' ms'],
      ['Response', detail.status === undefined ? undefined : detail.status + ' ' + (detail.responseType ?? '')],
      ['Request ID', detail.requestId],
    ], 'dense')),
    explanation !== null && explanation.identitySources.length > 0 &&
      part('Identity sources', sourcesTable(explanation.identitySources)),
    explanation !== null && explanation.policy !== undefined && policyPart(explanation.policy))
}

const invalidateButton = (detail) => {
  const button = el('button', { type: 'button' }, 'Invalidate')
  button.addEventListener('click', () => openInvalidate(button, detail))
  return button
}

const hidden = (count) => '(' + plural(count, 'character') + ', not shown)'

/* The outcome of a test request, before the decisions that led to it. */
const outcomeSheet = ({ allowed, reason, context, response, usage }) =>
  el('div', { class: 'sheet' },
    el('p', { class: 'verdict-line' },
      el('span', { class: 'badge ' + (allowed ? 'allow' : 'deny') }, allowed ? 'allowed' : 'denied ' + response.status),
      reason !== undefined && el('span', { class: 'code' }, reason)),
    context !== undefined && part('Context',
      context.length === 0
        ? el('p', { class: 'note' }, 'The context is empty.')
        : facts(context.map(({ name, type, value }) => [name, value === undefined ? type : JSON.stringify(value)]))),
    response !== undefined && part('Response to the client', facts([
      ['Status', response.status],
      ...response.headers.map(([name, value]) => [name, value === null ? '(not shown)' : value]),
      ['Body', response.body === null ? hidden(response.bodyCharacters) : response.body],
    ])),
    usage !== undefined && part('Usage plan', usageFacts(usage)))

const usageFacts = ({ planId, keyId, used, remaining, resetsAt, tokens }) => facts([
  ['Plan', planId],
  ['Key', keyId],
  ['Used', used],
  ['Remaining', remaining],
  ['Resets at', resetsAt === undefined ? undefined : new Date(resetsAt).toISOString()],
  ['Tokens', tokens],
])
`
