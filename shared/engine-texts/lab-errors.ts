import type { TextTable } from './text-table.ts';

/** What can go wrong between machines: the server, its files, agents and their jobs. */
export const labErrors = {
  labRefused: {
    en: 'The lab server {server} refused the connection ({reason}). Check the user (--user) and the password file (--password-file), the credentials file (--creds), or the token file (--token-file).',
    zh: '实验室服务器 {server} 拒绝了连接（{reason}）。请检查用户名（--user）与密码文件（--password-file）、凭据文件（--creds）或令牌文件（--token-file）。',
  },
  labUntrusted: {
    en: 'The lab server {server} and this machine do not trust each other ({reason}). Name the certificate of your own authority (--tls-ca), and the certificate that the server asks for (--tls-cert) with its key (--tls-key).',
    zh: '实验室服务器 {server} 与本机互不信任（{reason}）。请指定自有 CA 的证书（--tls-ca），以及服务器要求的证书（--tls-cert）和密钥（--tls-key）。',
  },
  labUnreachable: {
    en: 'There is no lab server at {server} ({reason}). Start one with `nats-server -js`, or give another --server.',
    zh: '{server} 上没有实验室服务器（{reason}）。请用 `nats-server -js` 启动，或指定其他 --server。',
  },
  labWithoutJobs: {
    en: 'The server {server} does not store jobs ({reason}). Start it with JetStream: `nats-server -js`.',
    zh: '服务器 {server} 不保存任务（{reason}）。请启用 JetStream：`nats-server -js`。',
  },
  labBroke: {
    en: 'The connection to the lab server {server} broke ({reason}). Try again when it is back; what was uploaded stays there.',
    zh: '与实验室服务器 {server} 的连接中断（{reason}）。请在服务器恢复后重试，已上传的内容会保留。',
  },
  labClosed: {
    en: 'The connection to the lab server {server} is closed.',
    zh: '与实验室服务器 {server} 的连接已关闭。',
  },
  labSecretUnreadable: {
    en: 'The {&what} for the lab server cannot be read from "{path}" ({reason}).',
    zh: '无法从“{path}”读取实验室服务器所需的{what}（{reason}）。',
  },
  secretCredentials: { en: 'credentials', zh: '凭据' },
  secretPassword: { en: 'password', zh: '密码' },
  secretToken: { en: 'token', zh: '令牌' },
  secretCaCertificate: { en: 'CA certificate', zh: ' CA 证书' },
  secretCertificate: { en: 'certificate', zh: '证书' },
  secretKey: { en: 'key', zh: '密钥' },
  labFileMissing: {
    en: 'A file of the job is missing on the lab server ({hash}): it expired or was removed. Submit the job again.',
    zh: '实验室服务器上缺少任务的一个文件（{hash}）：已过期或已被删除。请重新提交任务。',
  },
  labFileDamaged: {
    en: 'A file of the job arrived damaged from the lab server ({hash}) and was removed there. Submit the job again.',
    zh: '任务的一个文件（{hash}）从实验室服务器传来时已损坏，服务器上的副本已删除。请重新提交任务。',
  },
  labListWrong: {
    en: 'Vernier did not write the list of files of the job. Submit the job again.',
    zh: '任务的文件清单不是 Vernier 写出的。请重新提交任务。',
  },
  labFileChanged: {
    en: '"{name}" differs from the file that was sent. Submit the job again.',
    zh: '“{name}”与发送时不一致。请重新提交任务。',
  },
  labCacheTooSmall: {
    en: 'The files of the job take {size}, but this device keeps at most {limit}. Start its agent with a larger --cache-size, or choose another device.',
    zh: '任务的文件共 {size}，而此设备最多缓存 {limit}：请用更大的 --cache-size 启动其代理，或选择其他设备。',
  },
  labJobVersion: {
    en: 'The job was written by Vernier {version} (lab protocol {#protocol}), and device {device} runs Vernier {other} (protocol {#otherProtocol}). Install the same version on both.',
    zh: '任务由 Vernier {version}（实验室协议 {protocol}）写出，而设备 {device} 运行的是 Vernier {other}（协议 {otherProtocol}）。请在两端安装相同版本。',
  },
  labDeviceVersion: {
    en: 'Device {device} runs Vernier {version}, and this is Vernier {own}. Install the same version on both.',
    zh: '设备 {device} 运行 Vernier {version}，而本机是 Vernier {own}。请在两端安装相同版本。',
  },
  labJobUnreadable: {
    en: 'Device {device} cannot read the job: {&difference}. Both sides are Vernier {version}, but of different builds, or the job was changed on its way. Install the same build on both.',
    zh: '设备 {device} 无法读取此任务：{difference}。两端都是 Vernier {version}，但构建不同，或任务在传输途中被改动。请在两端安装相同的构建。',
  },
  labFieldUnknown: { en: 'it does not know "{field}"', zh: '它不认识“{field}”' },
  labFieldMissing: { en: '"{field}" is missing', zh: '缺少“{field}”' },
  labFieldOther: { en: '"{field}" is not of the form that it reads', zh: '“{field}”的形式与它所读的不同' },
  labJobLost: {
    en: 'The job was started {#count} times, and each time its agent disappeared before it ended. It may need more memory than the devices have.',
    zh: '任务启动了 {count} 次，每次都在结束前失去代理：所需内存可能超过设备的内存。',
  },
  labNameTaken: {
    en: 'Another agent, on {host}, is already called "{name}". Give this one another --name. If that machine is gone, the name is free again in half a minute.',
    zh: '“{host}”上已有名为“{name}”的代理：请用 --name 换一个名称。如果那台机器已经离开，半分钟后该名称即可再用。',
  },
  labPlaceUnknown: {
    en: '"{place}" is not a place in the lab. Give the name of a device, label=KEY=VALUE, or any.',
    zh: '“{place}”不是实验室中的位置。请给出设备名、label=KEY=VALUE 或 any。',
  },
  labPlaceAll: {
    en: '"all" is a place only for `vernier prove`, which measures one model on every device. Give the name of a device, label=KEY=VALUE, or any.',
    zh: '“all”仅用于 `vernier prove`，它在每台设备上测量同一个模型。请给出设备名、label=KEY=VALUE 或 any。',
  },
  labFileNameUnsafe: {
    en: `"{path}" has a name that some of the lab's systems do not allow. Rename it.`,
    zh: '“{path}”的名称在实验室的某些系统上不可用，请重命名。',
  },
  labFileCount: {
    en: '"{folder}" holds {#count} files. The lab takes from 1 to {#most}.',
    zh: '“{folder}”中有 {count} 个文件：实验室接受 1 到 {most} 个。',
  },
  labJobUnknown: {
    en: 'The lab has no job "{job}": `vernier lab jobs` lists them.',
    zh: '实验室中没有任务“{job}”：`vernier lab jobs` 可列出任务。',
  },
  labJobAmbiguous: {
    en: '"{job}" matches {#count} jobs of the lab. Give more characters of the id.',
    zh: '以“{job}”开头的实验室任务有 {count} 个：请给出更长的编号。',
  },
  labJobWithoutResult: {
    en: 'Job {job} has no result: it is {phase}.',
    zh: '任务 {job} 没有结果：当前状态为 {phase}。',
  },
  labJobWithoutModel: {
    en: 'Job {job} only measured a model and made none. Leave --out out.',
    zh: '任务 {job} 只测量模型而不生成模型：请去掉 --out。',
  },
  labJobCancelled: { en: 'The job was cancelled.', zh: '任务已取消。' },
  labResultKnown: {
    en: 'The result of job {job} was not imported, because the history has another run with its id.',
    zh: '任务 {job} 的结果未被导入：历史中已有相同编号的另一次运行。',
  },
  labResultOfOther: {
    en: 'The result of job {job} does not belong to its run. Do not trust its device.',
    zh: '任务 {job} 的结果不属于其运行：该设备不可信。',
  },
  labSilent: {
    en: 'The lab server {server} did not answer in {#seconds} s. Check that it is running and not too busy.',
    zh: '实验室服务器 {server} 在 {seconds} 秒内没有响应。请检查它是否在运行，以及是否过于繁忙。',
  },
  labOverfull: {
    en: 'The lab server holds {#count} entries, more than the {#most} that a lab may have. Somebody is filling it up. Remove the stream on the server.',
    zh: '实验室服务器上有 {count} 个条目，超过任何实验室的上限 {most}：有人在写入大量数据。请在服务器上删除该流。',
  },
  labWantsCertificate: {
    en: 'The lab server {server} asks for a certificate of this machine. Name it with --tls-cert and --tls-key.',
    zh: '实验室服务器 {server} 要求本机证书。请用 --tls-cert 和 --tls-key 指定。',
  },
  labCertificateRefused: {
    en: 'The lab server {server} does not accept the certificate of this machine ({reason}). Give a certificate from an authority that it trusts, and its key.',
    zh: '实验室服务器 {server} 不接受本机证书（{reason}）。请使用其信任的 CA 签发的证书及对应密钥。',
  },
  labCertificateUnusable: {
    en: 'The certificates for the lab server cannot be used ({reason}). Check that --tls-ca, --tls-cert and --tls-key are PEM files, and that the key belongs to the certificate.',
    zh: '实验室服务器所用的证书无法使用（{reason}）。请检查 --tls-ca、--tls-cert 和 --tls-key 是否为 PEM 文件，且密钥与证书匹配。',
  },
  labWithoutTls: {
    en: 'The lab server {server} offers no TLS. Set it up there (docs/lab.md), or use nats:// in a network that you trust.',
    zh: '实验室服务器 {server} 不提供 TLS。请在服务器上启用（docs/lab.md），或在可信网络中使用 nats://。',
  },
  labNotPermitted: {
    en: 'The account does not have the rights for this on the lab server {server} ({reason}). An agent may need another --name or --label; docs/lab.md lists what each may do.',
    zh: '该账户在实验室服务器 {server} 上没有此权限（{reason}）。代理可能需要换用其他 --name 或 --label；各自的权限见 docs/lab.md。',
  },
  labNotMade: {
    en: 'The lab server {server} keeps no lab yet, and this account may not make one. Run `vernier devices` once as a user that may.',
    zh: '实验室服务器 {server} 上还没有实验室，而此账户无权创建。请先以有权限的用户运行一次 `vernier devices`。',
  },
  labNotSetUp: { en: 'No lab is set up. Enter its server first.', zh: '尚未设置实验室：请先填写其服务器。' },
  labJobForgotten: {
    en: 'The lab no longer has the job: it expired or was removed. Submit it again.',
    zh: '实验室已没有该任务：已过期或已被删除。请重新提交。',
  },
  labModelGone: {
    en: 'The compressed model of run {run} is gone. Run the experiment again.',
    zh: '运行 {run} 的压缩模型已不存在：请重新运行实验。',
  },
  engineAnsweredOther: { en: 'The engine answered for another run.', zh: '引擎返回了另一次运行的结果。' },
  proofOtherForm: {
    en: '"{path}" has no {side} "{name}", but "{original}" has one. They are not two forms of one model. Name the model it was made from with --against.',
    zh: '“{path}”没有 {side}“{name}”，而“{original}”有：它们不是同一模型的两种形式。请用 --against 指定其来源模型。',
  },
} as const satisfies TextTable;
