/** The end of a sentence. The card has no button if the change has no plan, or if the plan has expired. */
export const RETRY_HINT = 'click Retry from here (or run the command again, if the card has no such button)';

/** For a change whose plan is of a cluster or a machine that is no longer so. */
export const OLD_PLAN = 'A retry would run the old plan, and stop again.';

export const NOT_REPEATED = 'Completed steps are not repeated.';

/** Why a static pod can outlive its manifest: kubelet reads every file of its folder whose name does not begin with a dot. */
export const podStays = (node: string): string =>
  `On ${node}, see whether a copy of the manifest, such as \`repositories.yaml.bak\`, is in /etc/kubernetes/manifests: kubelet runs it, too. Move such a copy out of that folder. If there is none, check \`systemctl status kubelet\`.`;
