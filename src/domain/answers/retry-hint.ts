/** The end of a sentence. The card has no button if the change has no plan, or if the plan has expired. */
export const RETRY_HINT = 'click Retry from here (or run the command again, if the card has no such button)';

export const NOT_REPEATED = 'Completed steps are not repeated.';
