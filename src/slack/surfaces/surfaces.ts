import type { App } from '@slack/bolt';
import { registerActions } from './actions.ts';
import type { SurfaceOptions } from './answers.ts';
import { registerCommand } from './command.ts';
import { registerEvents } from './events.ts';
import { registerForm } from './form.ts';
import { registerHome } from './home.ts';
import { registerReasons } from './reason-window.ts';
import { registerShortcut } from './shortcut.ts';

/** All ways to reach the bot in Slack. A new surface is a file beside this one and a line here. */
export const SURFACES: readonly ((app: App, options: SurfaceOptions) => void)[] = [
  registerCommand,
  registerActions,
  registerForm,
  registerReasons,
  registerEvents,
  registerShortcut,
  registerHome,
];
