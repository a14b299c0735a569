/** The script of the page: one module, made of the parts in this folder. They share one scope. @module */
import { DETAIL_SCRIPT } from './detail-script.ts'
import { DIALOG_SCRIPT } from './dialog-script.ts'
import { DOM_SCRIPT } from './dom-script.ts'
import { LIST_SCRIPT } from './list-script.ts'
import { LIVE_SCRIPT } from './live-script.ts'

export const SCRIPT: string = [DOM_SCRIPT, DETAIL_SCRIPT, LIST_SCRIPT, DIALOG_SCRIPT, LIVE_SCRIPT].join('\n')
