import { BreakingView } from './breaking/breaking-view.ts';
import { ChannelPage } from './channel/channel-page.ts';
import { Column } from './channel/column.ts';
import { required } from './dom/dom.ts';
import { listen } from './state/local-server.ts';
import { Refresher } from './state/refresher.ts';

const page = new ChannelPage(
  new Column(required('channel', HTMLElement), required('messages', HTMLElement), required('news', HTMLElement)),
  new Column(required('thread-scroll', HTMLElement), required('thread-messages', HTMLElement)),
);
const refresher = new Refresher(
  (state) => page.take(state),
  (says) => page.showTrouble(says),
);
listen(
  () => refresher.request(),
  (isConnected) => page.showConnection(isConnected),
);
new BreakingView();
