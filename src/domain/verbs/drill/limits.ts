/** kubelet's checks, the Endpoints and the pull, twice. An estimate, not a measurement. */
export const ABOUT_SECONDS = 60;
/** From arming until the switch on the node puts the manifest back. */
export const SWITCH_SECONDS = 300;
/** What is left of it when the manifest moves: longer than all waits of the drill together. */
export const LEAST_SECONDS = 240;
/** The switch, and the start of the pod after it (metalk8s.md §5: kubelet, nginx, a ten-second probe). */
export const MOST_SECONDS = SWITCH_SECONDS + 60;
