import type { Clock } from '../../ports/clock.ts';
import type { SlackPoster } from './poster.ts';
import { SlackRefused } from './slack-refused.ts';

/** How a call to Slack ended; `failed` is an error of our own. */
export type CallEnd = 'ok' | 'failed' | SlackRefused['fault'];

/** Hears of each call to Slack: what was wanted, how it ended, and how long it took, with all tries and waits for Slack's limits. */
export type OnCall = (call: keyof SlackPoster, end: CallEnd, ms: number) => void;

/** The same poster, which tells `onCall` of each call. */
export function countedPoster(slack: SlackPoster, clock: Pick<Clock, 'steadyMs'>, onCall: OnCall): SlackPoster {
  async function counted<T>(call: keyof SlackPoster, act: Promise<T>): Promise<T> {
    const begun = clock.steadyMs();
    let end: CallEnd = 'failed';
    try {
      const result = await act;
      end = 'ok';
      return result;
    } catch (error) {
      if (error instanceof SlackRefused) end = error.fault;
      throw error;
    } finally {
      onCall(call, end, clock.steadyMs() - begun);
    }
  }
  return {
    post: (...order) => counted('post', slack.post(...order)),
    repost: (...order) => counted('repost', slack.repost(...order)),
    update: (...order) => counted('update', slack.update(...order)),
    reply: (...order) => counted('reply', slack.reply(...order)),
    upload: (...order) => counted('upload', slack.upload(...order)),
    uploadTo: (...order) => counted('uploadTo', slack.uploadTo(...order)),
    direct: (...order) => counted('direct', slack.direct(...order)),
    whisper: (...order) => counted('whisper', slack.whisper(...order)),
    open: (...order) => counted('open', slack.open(...order)),
    publish: (...order) => counted('publish', slack.publish(...order)),
    redraw: (...order) => counted('redraw', slack.redraw(...order)),
  };
}
