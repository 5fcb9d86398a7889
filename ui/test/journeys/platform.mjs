// A real platform with the demo in it: one that runs already, or one of our own in a new directory.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const home = fileURLToPath(new URL('../../..', import.meta.url));
const START = 180_000;

/** Describes a platform that somebody else started and will end. */
export function runningPlatform(url, dataDir = join(homedir(), '.backlot', 'demo')) {
  return { url: url.replace(/\/$/, ''), dataDir, home, stop: async () => {} };
}

/** Starts `./backlot demo` as a user would, and waits until commands are accepted. */
export async function startPlatform() {
  const dataDir = mkdtempSync(join(tmpdir(), 'backlot-journeys-'));
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const child = spawn(join(home, 'backlot'), ['demo', '--data-dir', dataDir, '--port', String(port)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.on('data', (text) => (said += text));
  child.stderr.on('data', (text) => (said += text));
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const deadline = Date.now() + START;
  while (!(await healthy(url)) || !said.includes('Backlot is up')) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`The demo did not start:\n${said}`);
    await pause(250);
  }
  return {
    url,
    dataDir,
    home,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The token of the command line tool, if there is one. */
export function tokenOf(dataDir) {
  const file = join(dataDir, 'token');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
}

async function healthy(url) {
  try {
    return (await fetch(`${url}/api/v1/health`)).ok;
  } catch {
    return false;
  }
}

/** The first of eight free ports, below those that the system gives to whoever asks for any. */
async function freePort() {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 1_400) * 8;
    const free = await Promise.all(Array.from({ length: 8 }, (_, i) => isFree(first + i)));
    if (free.every(Boolean)) return first;
  }
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
