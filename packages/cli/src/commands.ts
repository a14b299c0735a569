/** All commands, in the order of the help. @module */
import type { Command } from './arguments/command.ts'
import { explain } from './explain/command.ts'
import { importCommand } from './import-definition/command.ts'
import { invoke } from './invoke/command.ts'
import { serve } from './serve/command.ts'

export const commands: readonly Command[] = [importCommand, invoke, explain, serve]
