/**
 * How to go on once the cause of a failure is mended, as the end of a sentence. A change that failed before it had a plan, or whose
 * plan has expired, has no such button.
 */
export const RETRY_HINT = 'press Retry from here (or ask again, if the card has no such button)';
