/** Part of the page's script: the dialogs for test requests, invalidation and usage. @module */

export const DIALOG_SCRIPT: string = String.raw`
/* Modal dialogs keep the focus inside; it returns to the control that has opened them. */
const openDialog = (dialog, opener, first) => {
  for (const error of dialog.querySelectorAll('.error')) setText(error, '')
  dialog.showModal()
  first.focus()
  dialog.addEventListener('close', () => (opener.isConnected ? opener : byId('open-test')).focus(), { once: true })
}
for (const button of document.querySelectorAll('[data-close]'))
  button.addEventListener('click', () => button.closest('dialog').close())

const onSubmit = (name, send) => {
  const form = byId(name + '-form')
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const error = byId(name + '-error')
    const button = form.querySelector('[type="submit"]')
    setText(error, '')
    button.disabled = true
    try {
      await send()
    } catch (failure) {
      setText(error, failure.message)
    }
    button.disabled = false
  })
}

const announce = (text) => setText(byId('announce'), text)

const testDialog = byId('test-dialog')
byId('open-test').addEventListener('click', ({ currentTarget }) => {
  const row = state.rows.find(({ id }) => id === state.selected)
  if (row !== undefined) {
    byId('test-method').value = row.method
    byId('test-target').value = row.path
    byId('test-source').value = String(row.source)
  }
  openDialog(testDialog, currentTarget, byId('test-target'))
})

/* Reads lines such as "Authorization: Bearer x". */
const headersOf = (text) =>
  text.split('\n').map((line) => line.trim()).filter((line) => line !== '').map((line) => {
    const colon = line.indexOf(':')
    if (colon < 1) throw new Error('Headers need a colon after their name.')
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
  })

onSubmit('test', async () => {
  const { outcome, decisions } = await api('api/test', {
    source: Number(byId('test-source').value),
    method: byId('test-method').value.trim(),
    target: byId('test-target').value.trim(),
    headers: headersOf(byId('test-headers').value),
  })
  byId('test-result').replaceChildren(
    outcomeSheet(outcome),
    ...decisions.map((detail) => decisionSheet(detail, { heading: 'h3' })))
  showDifferences(byId('test-result'))
})

const invalidateDialog = byId('invalidate-dialog')
const invalidatePrincipal = byId('invalidate-principal')
let invalidated
const openInvalidate = (opener, detail) => {
  invalidated = detail
  invalidatePrincipal.value = detail?.principalId ?? ''
  invalidatePrincipal.readOnly = detail !== undefined
  if (detail !== undefined) byId('invalidate-source').value = String(detail.source)
  openDialog(invalidateDialog, opener, detail === undefined ? invalidatePrincipal : invalidateDialog.querySelector('[data-close]'))
}
byId('open-invalidate').addEventListener('click', ({ currentTarget }) => openInvalidate(currentTarget, undefined))
onSubmit('invalidate', async () => {
  const source = Number(byId('invalidate-source').value)
  const principal = invalidated === undefined ? { principalId: invalidatePrincipal.value } : { decision: invalidated.id }
  await api('api/invalidate', { source, ...principal })
  invalidateDialog.close()
  announce('The cached results of ' + invalidatePrincipal.value + ' are removed.')
  showNotice('Invalidated: ' + invalidatePrincipal.value)
})

const usageDialog = byId('usage-dialog')
byId('open-usage').addEventListener('click', ({ currentTarget }) => openDialog(usageDialog, currentTarget, byId('usage-plan')))
onSubmit('usage', async () => {
  byId('usage-result').replaceChildren()
  const report = await api('api/usage', { planId: byId('usage-plan').value.trim(), subject: byId('usage-subject').value.trim() })
  byId('usage-result').replaceChildren(usageFacts(report))
})
`
