import { App, HTTPReceiver } from '@slack/bolt';

/** The least that a Bolt app can do: it acknowledges, and answers once. Started by the bench with port, URL of the API and secrets. */
const [port = '', slackApiUrl = '', token = '', signingSecret = ''] = process.argv.slice(2);
const receiver = new HTTPReceiver({ signingSecret });
const app = new App({ token, receiver, clientOptions: { slackApiUrl } });

app.command(/.*/, async ({ ack, respond }) => {
  await ack();
  await respond({ response_type: 'ephemeral', text: 'Hello.' });
});
app.action(/.*/, async ({ ack, respond }) => {
  await ack();
  await respond({ response_type: 'ephemeral', replace_original: false, text: 'Hello.' });
});
await receiver.start({ host: '127.0.0.1', port: Number(port) });
process.stdout.write('ready\n');
