// A demonstration of OpenSET for one story: started on a free port, in a folder of its own.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const START_S = 120;
const STOP_S = 10;

/// Starts the executable and waits until its home page answers.
export async function start(executable) {
  const folder = await mkdtemp(join(tmpdir(), "openset-story-"));
  const port = await freePort();
  const data = join(folder, "demo");
  const wanted = ["demo", "--no-open", "--port", String(port), "--data", data];
  const child = spawn(executable, wanted, { stdio: ["ignore", "pipe", "pipe"] });
  const said = [];
  child.stdout.on("data", (chunk) => said.push(chunk));
  child.stderr.on("data", (chunk) => said.push(chunk));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const text = () => Buffer.concat(said).toString("utf8");
  await answering(`http://localhost:${port}/`, ended, text);
  return {
    port,
    data,
    said: text,
    site: (name) => `http://${name === "home" ? "" : `${name}.`}localhost:${port}`,
    async stop() {
      child.kill("SIGINT");
      const late = setTimeout(() => child.kill("SIGKILL"), STOP_S * 1000);
      const code = await ended;
      clearTimeout(late);
      await rm(folder, { recursive: true, force: true });
      return code;
    },
  };
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function answering(address, ended, text) {
  const until = Date.now() + START_S * 1000;
  let over = false;
  ended.then(() => (over = true));
  while (Date.now() < until && !over) {
    try {
      if ((await fetch(address)).ok) return;
    } catch {
      // Not yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`the demonstration did not start:\n${text()}`);
}
