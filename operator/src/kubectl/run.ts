import { version } from '@kcp-syncer/syncer-runtime/base/version.js';
import { resolveFlags, type Environment } from '@kcp-syncer/syncer-runtime/cli/resolve-flags.js';
import { completionScript } from './completion.js';
import { connect } from './connect/connect.js';
import { connectOptions } from './connect/options.js';
import { decide } from './decide.js';
import { disconnect } from './disconnect/disconnect.js';
import { disconnectOptions, releaseOptions } from './disconnect/options.js';
import { releaseWorkspace } from './disconnect/release-workspace.js';
import { exportNamespace } from './export/export.js';
import { versionFlags } from './flags.js';
import type { Io } from './io.js';
import { inFormat } from './output.js';
import type { CommandWish } from './program.js';
import { showStatus } from './status/status.js';

/**
 * Does one command.
 * @throws UsageError for wrong use; Error in one line for what failed.
 */
export async function runCommand(wish: CommandWish, io: Io, env: Environment): Promise<void> {
  switch (wish.name) {
    case 'connect':
      await connect(await connectOptions(wish, env), io);
      return;
    case 'disconnect':
      if (wish.switches.has('release')) await releaseWorkspace(await releaseOptions(wish, env), io);
      else await disconnect(await disconnectOptions(wish, env), io);
      return;
    case 'status':
      await showStatus(wish, { io, env });
      return;
    case 'approve-deletions':
    case 'keep-objects':
      await decide(wish, { io, env });
      return;
    case 'export':
      await exportNamespace(wish, { io, env });
      return;
    case 'version':
      showVersion(wish, { io, env });
      return;
    case 'completion':
      io.out(completionScript);
  }
}

function showVersion({ given }: CommandWish, { io, env }: { readonly io: Io; readonly env: Environment }): void {
  const { output } = resolveFlags(versionFlags, { given, env });
  io.out(output === undefined ? `${version}\n` : inFormat({ clientVersion: version }, output));
}
