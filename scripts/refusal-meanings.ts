import type { RefusalCode } from '../src/domain/answers/refusal.ts';

/** What a refusal means and what to do, in Markdown. docs/refusals.md is generated from it. */
export interface Meaning {
  readonly means: string;
  readonly next: string;
}

const meaning = (means: string, next: string): Meaning => ({ means, next });

const COMMAND = {
  'bad-command': meaning(
    'The command cannot be read: an unknown word or flag, a missing or invalid name, an open quote, or too much text.',
    'Follow the example in the reply, or type `/registry-ha help`.',
  ),
  'unknown-cluster': meaning(
    'The bot serves no cluster of this name, or the worker serves another one.',
    'Name a cluster from the reply with `--cluster`.',
  ),
  'wrong-channel': meaning(
    'The policy does not allow this here, or the change was requested in another channel.',
    'Use the channel that the reply names. Decide a change on its own card.',
  ),
} as const;

const NODE = {
  'unknown-node': meaning(
    'The cluster has no node of this name.',
    'Check the name. If the node was deleted, `/registry-ha sync` takes its address out of the engines.',
  ),
  'bootstrap-node': meaning('The node is the bootstrap node, which has the first registry.', 'Name another node.'),
  'registry-exists': meaning(
    'The registry is complete, Kubernetes lists it as Ready, and every engine uses it. Every layer was hashed.',
    'Nothing. Run the same command at any time to verify again.',
  ),
  'no-registry': meaning(
    'There is no registry on the node, or beside the bootstrap node: nothing to remove, sync or drill.',
    'Check the name. `/registry-ha add NODE` gives a node a registry.',
  ),
  'last-registry': meaning(
    "It is the last registry beside the bootstrap's. Without it, no image can be pulled while the bootstrap node is away.",
    'Add a registry on another node first, or repeat the command with `--last`.',
  ),
  'nothing-to-sync': meaning(
    'Every named registry has exactly the archives of the bootstrap node, and every engine uses it. Every layer was hashed.',
    'Nothing. Run the same command at any time to verify again.',
  ),
  'mount-unclear': meaning(
    'An ISO is mounted where `/etc/fstab` of the node has another one, so it is unclear which of the two belongs there.',
    'Correct the mount or the line that the refusal names, then run the command again.',
  ),
  'node-not-ready': meaning(
    'A node of the cluster is not Ready. The container engines of all nodes are reconfigured together.',
    'Bring the node back (`kubectl describe node`). If it is lost for good, delete it and sync: see [Replace a node](replace-a-node.md).',
  ),
  'no-address': meaning(
    'The node has no InternalIP that is an IPv4 address. A registry listens on exactly that address.',
    "Check the node's addresses in Kubernetes.",
  ),
  'wrong-machine': meaning(
    'The SSH address of a node leads to another machine than the one in Kubernetes, or the worker is not on the bootstrap node.',
    'Correct the annotations, or move the worker. If the machine ID was changed, restart kubelet on the node.',
  ),
  'two-bootstraps': meaning(
    'Several nodes have the role bootstrap, or a former bootstrap node runs again after a [restore](lost-bootstrap.md).',
    'Do what the refusal says: remove a label, or switch the former bootstrap node off and delete its Node.',
  ),
  'ssh-refused': meaning(
    'The worker cannot log in: the node is unreachable, its SSH key is rejected, missing, or readable by others, or the login shell is unfit.',
    'Fix what the refusal names: host, port, user, key file or login shell.',
  ),
  'host-key-changed': meaning(
    "The node's SSH host key is not the pinned one, or is revoked.",
    'If the node was reinstalled, run the `ssh-keygen -R` command from the refusal. Otherwise find out which machine answers at its address.',
  ),
  'no-sudo': meaning(
    'The SSH user is not root, and `sudo -n` does not run every program there.',
    'Allow `sudo -n` for every program, without a password or a terminal, and set the annotation `metalk8s.scality.com/ssh-sudo` to `"true"`.',
  ),
  'tool-missing': meaning(
    'The node has no `isoinfo`, with which the Salt states read archives, or its `findmnt` and `losetup` are older than RHEL 8.',
    'Install `genisoimage` on the node, or upgrade the node’s system.',
  ),
  'no-space': meaning(
    'A file system of the node is too small: 268 MB must stay free beside the copies.',
    'Free space on the mount point that the refusal names.',
  ),
  'file-in-the-way': meaning(
    "Another file or folder is at an archive's path, or kubelet's folder has a copy of the registry's manifest.",
    'Move it away, as the refusal says, then run the command again.',
  ),
  'folder-open': meaning(
    'A folder on the way to an archive can be changed by users other than root. Root would follow a link that they put there.',
    'Run the `chown` and `chmod` command from the refusal, or keep the archives in a folder that only root can change.',
  ),
  'port-taken': meaning(
    'Another process listens on port 8080, which the registry needs.',
    'Find the process with `ss -ltnp`, move it to another port, then run the command again.',
  ),
} as const;

const CLUSTER = {
  'upgrade-under-way': meaning(
    'Node labels, the annotation of `kube-system` and the archives do not agree on one version.',
    'Finish the upgrade or downgrade, or add the missing ISO with `iso-manager.sh -a`.',
  ),
  'script-running': meaning(
    "One of MetalK8s' own scripts runs: `upgrade.sh`, `downgrade.sh`, `iso-manager.sh` or `solutions.sh`.",
    'Wait until the script ends, then run the command again.',
  ),
  'version-too-old': meaning('MetalK8s before 2.10.0 supports one registry only.', 'Upgrade the cluster.'),
  'engine-unreadable': meaning(
    '`crictl info` gives no answer on a node: containerd is stopped, or crictl is missing. The refusal quotes its words.',
    'Check `crictl info` and `systemctl status containerd` on that node, then run the command again.',
  ),
  'unknown-layout': meaning(
    'The configuration of a container engine is unknown: containerd 2 (MetalK8s 133 and later), or another layout.',
    'Check `crictl info` on the node. registry-ha supports MetalK8s up to 132.',
  ),
  'native-registry': meaning(
    "MetalK8s' registry operator is installed: the cluster has `Registry` or `SolutionArchive` resources.",
    'Use these resources. Two procedures at once would undo each other.',
  ),
  'engine-without-registry': meaning(
    'A container engine lists no Ready registry but the one to remove or to take away. It could pull nothing meanwhile.',
    'Run the command from the refusal: it gives every engine every registry.',
  ),
  'registry-away': meaning(
    "A drill has not ended: its switch is still armed, or the manifest of the bootstrap's registry is still away.",
    'Wait until the switch has put it back, or run the command from the refusal on the bootstrap node.',
  ),
  'bootstrap-registry-not-ready': meaning(
    "The bootstrap node's registry is not in the Ready Endpoints. Reconfiguring now would remove it from every engine.",
    'Check the `repositories` pod on the bootstrap node.',
  ),
  'bootstrap-registry-incomplete': meaning(
    "The bootstrap node's registry does not serve all its images. A copy would have the same gap.",
    'Run `iso-manager.sh` or `solutions.sh` on the bootstrap node.',
  ),
  'registry-unfit': meaning(
    'A registry on a node that the change does not name is not Ready, or does not serve every image.',
    'Name its node in the command too, or repair that registry first.',
  ),
} as const;

const ARCHIVE = {
  'config-unreadable': meaning(
    '`bootstrap.yaml` or `solutions.yaml` cannot be read. The refusal names file and key.',
    'Fix the file on the bootstrap node.',
  ),
  'archive-missing': meaning(
    'An archive is listed, but its file does not exist.',
    'Put the ISO back, or remove the entry with `iso-manager.sh -r`.',
  ),
  'archive-unreadable': meaning('An archive cannot be read.', 'Make it readable for root on the bootstrap node.'),
  'archive-directory': meaning(
    'An archive is a folder. Only ISO files can be copied exactly.',
    'List the ISO instead of the folder.',
  ),
  'archive-damaged': meaning(
    'An archive is truncated, is no ISO, or holds another product.',
    'Fetch the ISO again and compare its SHA-256 with the published one, or correct the entry.',
  ),
  'archive-not-mounted': meaning(
    'An archive is listed but not mounted on the bootstrap node, or was replaced while mounted.',
    'Run `iso-manager.sh`, or `solutions.sh import`.',
  ),
  'archive-path': meaning('An archive is listed with a relative path.', 'Write the absolute path of the ISO.'),
  'duplicate-versions': meaning(
    'Two archives have the same name and version. Salt rejects that.',
    'Remove one of the two entries.',
  ),
  'solutions-version': meaning(
    '`solutions.yaml` has an `apiVersion` that Salt rejects. Some MetalK8s documentation has it wrong.',
    'Write `solutions.metalk8s.scality.com/v1alpha1`.',
  ),
  'solutions-mismatch': meaning(
    'A solution is mounted on the bootstrap node but listed in no file. A second registry would wait for it forever.',
    'Unmount it (`solutions.sh unimport`, `iso-manager.sh -r`) or list it.',
  ),
} as const;

const SALT = {
  'minion-silent': meaning(
    'The Salt minion of a node does not answer.',
    'Check `systemctl status salt-minion` on that node.',
  ),
  'salt-busy': meaning('Another Salt state run is in progress.', 'Wait until it ends, then run the command again.'),
  'salt-master-down': meaning(
    'The `salt-master` pod is not Ready, or does not answer.',
    'Check it with `kubectl -n kube-system get pods`.',
  ),
} as const;

const DECISION = {
  'not-approvable': meaning(
    'Too few other people may approve a change of this requester: it could never start.',
    'Let somebody request it who is no approver, or name more approvers in the policy file.',
  ),
  'own-request': meaning('You requested this change.', 'Ask another approver.'),
  'not-allowed': meaning('The policy gives you no permission for this.', 'Ask a person who is listed in the policy.'),
  'group-unreadable': meaning(
    'Your permission depends on a user group that Slack did not return. Such a group gives nobody permission.',
    'Try again. If the error persists, fix what the refusal names, or list user IDs in the policy.',
  ),
  frozen: meaning(
    'The cluster is frozen. The refusal says by whom, since when and why, or that no trusted bot signed the entry.',
    'The holder or an approver lifts it with `/registry-ha unfreeze`. A freeze in the policy file ends by itself.',
  ),
  locked: meaning(
    'A node of the change, or the cluster, is locked. The refusal says by whom, since when and why.',
    'The holder or an approver lifts it with `/registry-ha unlock NODE`.',
  ),
  'outside-window': meaning(
    'Changes of this cluster start only in maintenance windows.',
    'Wait for the next window. The refusal says when it opens.',
  ),
  expired: meaning(
    'The plan or the approval expired: after one hour, or as the policy says.',
    'Request the change again.',
  ),
  'decided-already': meaning(
    'The change is decided, cancelled or undone already, or you have approved it. The first decision wins.',
    'Read its card.',
  ),
  'plan-stale': meaning(
    'The cluster, an SSH user or a key changed after the plan was shown, or the card shows an older plan.',
    'Request a new plan, or use the newest card.',
  ),
} as const;

const BEFORE_THE_START = {
  'approval-withdrawn': meaning(
    'The approval was revoked before the start: an approver lost the permission, a window closed, or a freeze began.',
    'Request the change again.',
  ),
  'approval-invalid': meaning(
    'The worker rejects the approval: its key, plan, cluster or time is wrong, or it was used before.',
    'Request the change again. If it recurs, run `registry-ha doctor bot`: it compares the keys.',
  ),
  'clock-skew': meaning(
    'The worker’s clock is over one minute behind the bot’s, or over ten minutes ahead.',
    'Correct both clocks (`chronyc tracking` shows the offset), then request the change again.',
  ),
  'record-unverified': meaning(
    'The record in Redis has an entry without a valid signature.',
    'Compare the keys with `registry-ha doctor bot`, or find out who else writes to Redis. See [Keys](keys.md#a-red-card).',
  ),
  'newer-version': meaning(
    'The change has an entry that a newer version of registry-ha has written and signed. Bot and worker differ in version.',
    'Update the bot or the worker, whichever the message names, then repeat what you did.',
  ),
} as const;

const UNDO = {
  'unknown-change': meaning(
    'There is no record of this change, or it does not match the journal. Redis keeps records for 90 days.',
    'Copy the ID from the card. If the record is gone, see [Remove a registry by hand](remove.md#remove-a-registry-by-hand).',
  ),
  'not-undoable': meaning(
    'The change is done, in progress, or itself an undo; a later change builds on it; or the earlier state is unknown.',
    'Follow the refusal: cancel it, undo the later change first, or remove the registry by hand.',
  ),
  'nothing-to-undo': meaning('The change did nothing, or everything that it did is already undone.', 'Nothing.'),
  'undo-asked': meaning('An undo of this change was requested already.', 'Read the card of that undo.'),
  'not-confirmed': meaning(
    'At the terminal, the name of the cluster was not typed below the plan.',
    'Run the command again, and type the name that it shows.',
  ),
} as const;

/** The refusals by topic, in the order of the page. */
export const MEANINGS_BY_TOPIC = {
  'The command': COMMAND,
  'The node': NODE,
  'The cluster': CLUSTER,
  'The archives': ARCHIVE,
  Salt: SALT,
  'Permission and timing': DECISION,
  'Between approval and start': BEFORE_THE_START,
  Undo: UNDO,
} as const;

/** By code: a new code without a meaning does not compile. */
export const MEANINGS: Readonly<Record<RefusalCode, Meaning>> = {
  ...COMMAND,
  ...NODE,
  ...CLUSTER,
  ...ARCHIVE,
  ...SALT,
  ...DECISION,
  ...BEFORE_THE_START,
  ...UNDO,
};
