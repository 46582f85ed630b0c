import { readFile } from 'node:fs/promises';
import { load } from 'js-yaml';
import { z } from 'zod';

const ManifestFile = z.object({
  display_information: z.object({ name: z.string() }),
  features: z.object({
    bot_user: z.object({ display_name: z.string() }),
    app_home: z
      .object({
        home_tab_enabled: z.boolean().default(false),
        messages_tab_enabled: z.boolean().default(false),
        messages_tab_read_only_enabled: z.boolean().default(false),
      })
      .prefault({}),
    slash_commands: z
      .array(
        z.object({
          command: z.string().startsWith('/'),
          description: z.string(),
          usage_hint: z.string().default(''),
          should_escape: z.boolean().default(false),
        }),
      )
      .default([]),
    shortcuts: z
      .array(z.object({ name: z.string(), type: z.enum(['message', 'global']), callback_id: z.string() }))
      .default([]),
  }),
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
  settings: z.object({
    event_subscriptions: z.object({ bot_events: z.array(z.string()) }).default({ bot_events: [] }),
    interactivity: z.object({ is_enabled: z.boolean() }).default({ is_enabled: false }),
  }),
});

/** A slash command of the manifest. */
interface SlashCommand {
  readonly command: string;
  readonly description: string;
  readonly usageHint: string;
  readonly shouldEscape: boolean;
}

/** The app's scopes, commands and names from its manifest. */
export interface AppManifest {
  readonly name: string;
  readonly botName: string;
  readonly scopes: readonly string[];
  readonly commands: readonly SlashCommand[];
  /** In the menu of each message. */
  readonly shortcuts: readonly { readonly name: string; readonly callbackId: string }[];
  readonly interactive: boolean;
  /** Events that the app subscribes to. */
  readonly events: readonly string[];
  readonly hasHome: boolean;
  /** Whether people can write to the app in direct messages. */
  readonly takesMessages: boolean;
}

/** Reads manifest.yml; throws an error with the path and the wrong fields. */
export async function readManifest(path: string): Promise<AppManifest> {
  const parsed = ManifestFile.safeParse(load(await readFile(path, 'utf8')));
  if (!parsed.success) throw new Error(`${path} is not an app manifest: ${z.prettifyError(parsed.error)}`);
  const { display_information, features, oauth_config, settings } = parsed.data;
  return {
    name: display_information.name,
    botName: features.bot_user.display_name,
    scopes: oauth_config.scopes.bot,
    commands: features.slash_commands.map(({ command, description, usage_hint, should_escape }) => ({
      command,
      description,
      usageHint: usage_hint,
      shouldEscape: should_escape,
    })),
    shortcuts: features.shortcuts
      .filter(({ type }) => type === 'message')
      .map(({ name, callback_id }) => ({ name, callbackId: callback_id })),
    interactive: settings.interactivity.is_enabled,
    events: settings.event_subscriptions.bot_events,
    hasHome: features.app_home.home_tab_enabled,
    takesMessages: features.app_home.messages_tab_enabled && !features.app_home.messages_tab_read_only_enabled,
  };
}
