/** The exit code for wrong words (docs/terminal.md, “Exit codes”). */
export const USAGE = 3;
