/** One stroke or area of an emoji in a 20 × 20 box. */
export interface Stroke {
  readonly path: string;
  readonly fill?: string;
  readonly line?: string;
  readonly width?: number;
}

const RED = '#e0342f';
const AMBER = '#e8a317';
const GREEN = '#2ba471';
const BLUE = '#2f7fe0';
const GREY = '#8a94a3';
const WHITE = '#ffffff';
const DARK = '#3b2a05';

const TILE = 'M5 2h10a3 3 0 0 1 3 3v10a3 3 0 0 1-3 3H5a3 3 0 0 1-3-3V5a3 3 0 0 1 3-3z';
const DISC = 'M10 2a8 8 0 1 1 0 16a8 8 0 1 1 0-16z';
const TRIANGLE = 'M8.7 2.8L1.5 15.4A1.5 1.5 0 0 0 2.8 17.7h14.4a1.5 1.5 0 0 0 1.3-2.3L11.3 2.8a1.5 1.5 0 0 0-2.6 0z';
const OCTAGON = 'M6.7 2h6.6L18 6.7v6.6L13.3 18H6.7L2 13.3V6.7z';
const HOURGLASS = 'M5 2.5h10M5 17.5h10M6 2.5c0 4 3 5 4 7.5c1-2.5 4-3.5 4-7.5M6 17.5c0-4 3-5 4-7.5c1 2.5 4 3.5 4 7.5';
const SHACKLE_SHUT = 'M6.5 9V6.5a3.5 3.5 0 0 1 7 0V9';
const SHACKLE_OPEN = 'M6.5 9V5.5a3.5 3.5 0 0 1 6.8-1.2';
const PADLOCK =
  'M5.5 9h9a1.5 1.5 0 0 1 1.5 1.5v6a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 4 16.5v-6A1.5 1.5 0 0 1 5.5 9z';
const PAPER = 'M5 2.5h10a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1z';

const line = (path: string, colour: string = WHITE, width = 2): Stroke => ({ path, line: colour, width });
const area = (path: string, colour: string): Stroke => ({ path, fill: colour });

/** Emoji that operations bots use, drawn here so that they look the same without an emoji font. */
const DRAWN: ReadonlyMap<string, readonly Stroke[]> = new Map([
  ['white_check_mark', [area(TILE, GREEN), line('M5.8 10.4l2.9 2.9l5.6-6.4', WHITE, 2.2)]],
  ['heavy_check_mark', [line('M3.5 10.5l4.3 4.3l8.7-9.6', GREEN, 2.8)]],
  ['x', [line('M4.5 4.5l11 11M15.5 4.5l-11 11', RED, 3)]],
  ['hourglass_flowing_sand', [line(HOURGLASS, AMBER, 1.8)]],
  ['hourglass', [line(HOURGLASS, GREY, 1.8)]],
  ['warning', [area(TRIANGLE, AMBER), line('M10 7.5v4.2M10 14.6v.1', DARK, 2.2)]],
  ['lock', [line(SHACKLE_SHUT, GREY), area(PADLOCK, AMBER), line('M10 12.5v2', DARK)]],
  ['unlock', [line(SHACKLE_OPEN, GREY), area(PADLOCK, AMBER), line('M10 12.5v2', DARK)]],
  [
    'rotating_light',
    [
      area('M5 14v-3a5 5 0 0 1 10 0v3z', RED),
      area('M3.5 14h13v3.5h-13z', GREY),
      line('M10 1v2M2.5 5l1.6 1.2M17.5 5l-1.6 1.2', RED, 1.8),
    ],
  ],
  [
    'eyes',
    [
      area('M6 4a3.5 6 0 1 1 0 12a3.5 6 0 1 1 0-12zM14 4a3.5 6 0 1 1 0 12a3.5 6 0 1 1 0-12z', '#e9edf2'),
      line('M6 4a3.5 6 0 1 1 0 12a3.5 6 0 1 1 0-12zM14 4a3.5 6 0 1 1 0 12a3.5 6 0 1 1 0-12z', GREY, 1),
      area('M5 8a1.6 2.4 0 1 1 0 5a1.6 2.4 0 1 1 0-5zM13 8a1.6 2.4 0 1 1 0 5a1.6 2.4 0 1 1 0-5z', '#30363f'),
    ],
  ],
  ['information_source', [area(TILE, BLUE), line('M10 9.5v4.7M10 6v.1', WHITE, 2.2)]],
  ['arrow_right', [area(TILE, BLUE), line('M5.5 10h9M10.8 6.3l3.7 3.7l-3.7 3.7')]],
  ['arrow_left', [area(TILE, BLUE), line('M14.5 10h-9M9.2 6.3L5.5 10l3.7 3.7')]],
  [
    'stopwatch',
    [line('M10 4.5a6.7 6.7 0 1 1 0 13.4a6.7 6.7 0 1 1 0-13.4zM8 1.7h4', GREY, 1.7), line('M10 11.2V7.5', RED, 1.8)],
  ],
  [
    'package',
    [
      area('M2.5 6l7.5-3.5L17.5 6v8.5L10 18l-7.5-3.5z', '#c58b52'),
      line('M2.5 6l7.5 3.5L17.5 6M10 9.5V18', '#8a5a2c', 1.2),
    ],
  ],
  ['no_entry', [area(DISC, RED), line('M6 10h8', WHITE, 2.8)]],
  ['no_entry_sign', [line('M10 3a7 7 0 1 1 0 14a7 7 0 1 1 0-14zM5.2 5.2l9.6 9.6', RED, 2.2)]],
  ['octagonal_sign', [area(OCTAGON, RED)]],
  [
    'arrows_counterclockwise',
    [
      area(TILE, BLUE),
      line('M14.3 8.5A4.6 4.6 0 0 0 6 7.3M5.7 11.5a4.6 4.6 0 0 0 8.3 1.2M6 4.8v2.6h2.6M14 15.2v-2.6h-2.6', WHITE, 1.5),
    ],
  ],
  ['mag', [line('M8.5 3a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11z', BLUE, 1.8), line('M12.6 12.6l4.6 4.6', GREY, 2.6)]],
  ['key', [line('M6.5 6.5a3.5 3.5 0 1 1 0 7a3.5 3.5 0 1 1 0-7zM10 10h7.5v3M14.5 10v2.4', AMBER, 2)]],
  [
    'shield',
    [area('M10 2l6.5 2.3v5.2c0 4-2.7 7-6.5 8.5c-3.8-1.5-6.5-4.5-6.5-8.5V4.3z', BLUE), line('M7 10l2.2 2.2L13.2 8')],
  ],
  [
    'bust_in_silhouette',
    [area('M10 2.5a3.8 3.8 0 1 1 0 7.6a3.8 3.8 0 1 1 0-7.6zM2.8 17.5c.4-4 3.3-6 7.2-6s6.8 2 7.2 6z', GREY)],
  ],
  ['memo', [area(PAPER, '#e9edf2'), line('M7 7h6M7 10h6M7 13h4', GREY, 1.4)]],
  ['clipboard', [area(PAPER, '#c58b52'), area('M6 5h8v11H6z', WHITE), line('M8 8.5h4M8 11h4', GREY, 1.3)]],
  ['double_vertical_bar', [area(TILE, BLUE), line('M7.5 6.5v7M12.5 6.5v7', WHITE, 2.4)]],
  ['arrow_forward', [area(TILE, BLUE), area('M7.5 6l6 4l-6 4z', WHITE)]],
  ['zap', [area('M11.5 1.5L4 11.5h4.5L7.5 18.5L16 8h-5z', AMBER)]],
  ['question', [line('M6.8 7a3.2 3.2 0 1 1 4.6 2.9c-1 .5-1.4 1.1-1.4 2.3M10 16v.1', RED, 2.6)]],
  ['exclamation', [line('M10 3.5v8.5M10 16.3v.1', RED, 2.8)]],
  ['large_green_circle', [area(DISC, GREEN)]],
  ['red_circle', [area(DISC, RED)]],
  ['large_yellow_circle', [area(DISC, AMBER)]],
  ['large_blue_circle', [area(DISC, BLUE)]],
  ['white_circle', [line(DISC, GREY, 1.5)]],
]);

/** Emoji left to the reader's font, by short code. */
const WRITTEN: ReadonlyMap<string, string> = new Map([
  ['rocket', '🚀'],
  ['tada', '🎉'],
  ['bell', '🔔'],
  ['bulb', '💡'],
  ['fire', '🔥'],
  ['wrench', '🔧'],
  ['hammer_and_wrench', '🛠️'],
  ['link', '🔗'],
  ['computer', '💻'],
  ['floppy_disk', '💾'],
  ['wastebasket', '🗑️'],
  ['speech_balloon', '💬'],
  ['wave', '👋'],
  ['point_right', '👉'],
  ['raised_hand', '✋'],
  ['+1', '👍'],
  ['thumbsup', '👍'],
  ['-1', '👎'],
  ['checkered_flag', '🏁'],
  ['construction', '🚧'],
  ['calendar', '📆'],
  ['scroll', '📜'],
  ['test_tube', '🧪'],
]);

const PICTURES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '✅': 'white_check_mark',
    '✔': 'heavy_check_mark',
    '❌': 'x',
    '⏳': 'hourglass_flowing_sand',
    '⌛': 'hourglass',
    '⚠': 'warning',
    '🔒': 'lock',
    '🔓': 'unlock',
    '🚨': 'rotating_light',
    '👀': 'eyes',
    ℹ: 'information_source',
    '➡': 'arrow_right',
    '⬅': 'arrow_left',
    '⏱': 'stopwatch',
    '📦': 'package',
    '⛔': 'no_entry',
    '🚫': 'no_entry_sign',
    '🛑': 'octagonal_sign',
    '🔄': 'arrows_counterclockwise',
    '🔍': 'mag',
    '🔑': 'key',
    '🛡': 'shield',
    '👤': 'bust_in_silhouette',
    '📝': 'memo',
    '📋': 'clipboard',
    '⏸': 'double_vertical_bar',
    '▶': 'arrow_forward',
    '⚡': 'zap',
    '❓': 'question',
    '❗': 'exclamation',
    '🟢': 'large_green_circle',
    '🔴': 'red_circle',
    '🟡': 'large_yellow_circle',
    '🔵': 'large_blue_circle',
    '⚪': 'white_circle',
  }),
);

/** Whether the page can show this short code (without colons). */
export function isKnownEmoji(name: string): boolean {
  return DRAWN.has(name) || WRITTEN.has(name);
}

/** The drawing of a short code, if it has one. */
export function drawingOf(name: string): readonly Stroke[] | undefined {
  return DRAWN.get(name);
}

/** The character of a short code without a drawing. */
export function characterOf(name: string): string | undefined {
  return WRITTEN.get(name);
}

/** The short code of an emoji character with a drawing. */
export function shortCodeOf(picture: string): string | undefined {
  return PICTURES.get(picture.replace('\uFE0F', ''));
}
