// The wallets that the demonstration's banks give out: packaged, fetched from each bank's page,
// unpacked, opened from the bank's file, and used to pay with the shop's.

import { execFile, spawn } from "node:child_process";
import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const OPEN_S = 60;
const BANKS = [
  {
    id: "banque-demo",
    folder: "issuer",
    wallets: { en: "Banque Démo Wallet", fr: "Portefeuille Banque Démo" },
    card: { number: "9999990000064242", holder: "Ada Martin" },
  },
  {
    id: "nordic-test-bank",
    folder: "issuer-nordic",
    wallets: { en: "Nordic Wallet", fr: "Portefeuille Nordic" },
    card: { number: "9999970000045151", holder: "Freja Lund" },
  },
];

/// Each bank's wallet enrols a card and pays; the two look different.
export async function pays(person, executable) {
  const colours = [];
  for (const bank of BANKS) colours.push(await ofBank(person, executable, bank));
  person.witness.check(new Set(colours).size === BANKS.length, `the wallets have colours of their own: ${colours}`);
}

async function ofBank(person, executable, bank) {
  const { demo, page, witness } = person;
  await offered(person, executable, bank);
  const home = join(demo.data, "..", bank.id);
  const launcher = await unpacked(person, bank, home);
  const wallet = new Opened(launcher, home);
  const sites = { ...demo, site: (name) => (name === "wallet" ? wallet.origin : demo.site(name)) };
  const own = person.with(sites, bank.card, `${bank.id} `);
  try {
    await page.goto(demo.site(bank.folder) + "/register");
    await own.look("register");
    const asked = await own.saves('main a[href$=".setreg"]', join(home, "card.setreg"));
    await page.goto(await wallet.open(asked));
    await page.waitForURL((url) => url.pathname === "/unlock");
    await own.look("first run");
    const title = await page.title();
    witness.check(title.endsWith(bank.wallets[witness.language]), `the wallet calls itself "${title}"`);
    await own.enrols();
    const colour = await page.locator("main a.btn").first().evaluate((it) => {
      return getComputedStyle(document.documentElement).getPropertyValue("--accent") || getComputedStyle(it).color;
    });
    await own.orders();
    await page.locator("form[data-handover]").waitFor();
    const order = await own.saves('main a[href$="/initiation"]', join(home, "order.setpay"));
    await page.goto(await wallet.led(order));
    await page.waitForURL((url) => url.pathname.startsWith("/pay/"));
    await own.form("/consent");
    await own.consents();
    await own.readsHistory();
    await strangers(own, wallet, home);
    return colour;
  } finally {
    witness.check((await wallet.stop()) === 0, `${bank.id}: the wallet was closed`);
  }
}

/// Packages the wallet, as the bank's page says, and looks at that page.
async function offered(person, executable, bank) {
  const folder = join(person.demo.data, bank.folder);
  const slim = join(person.demo.data, "..", "openset");
  await stat(slim).catch(() => run("strip", ["-o", slim, executable]));
  const out = join(folder, "packages");
  const made = ["wallet", "package", "--brand", join(folder, `${bank.id}.setpack`), "--out", out];
  await run(executable, [...made, "--executable", slim]);
  await person.page.goto(person.demo.site(bank.folder) + "/wallet");
  await person.look(`${bank.id} offer`);
}

/// Fetches the tarball from the bank's page and unpacks it.
async function unpacked(person, bank, home) {
  await mkdir(home, { recursive: true });
  const file = await person.saves('main a[href$=".tar.gz"]', join(home, "wallet.tar.gz"));
  await run("tar", ["xzf", file, "-C", home]);
  const [tree] = (await readdir(home)).filter((name) => name.startsWith("openset-wallet-"));
  return join(home, tree, "bin", `${bank.id}-wallet`);
}

/// A window that the wallet did not open is shown nothing of it.
async function strangers(person, wallet, home) {
  const context = await person.page.context().browser().newContext();
  const page = await context.newPage();
  for (const path of ["/", "/history", "/unlock", "/enter/0123456789abcdef0123456789abcdef"]) {
    const answer = await page.goto(wallet.origin + path);
    person.witness.check(answer.status() === 403, `${path} answered a stranger with ${answer.status()}`);
    const shown = await page.textContent("body");
    person.witness.check(!/42\.00|42,00|passphrase/i.test(shown), `${path} shows a stranger nothing`);
  }
  await context.close();
  const listed = await readFile(join(home, "order.setpay"), "utf8");
  person.witness.check(listed.startsWith("SET-Initiation-Type: Payment-Initiation"), "the shop's file is a document");
}

/// A wallet that is open, in a process of its own.
class Opened {
  constructor(launcher, home) {
    this.launcher = launcher;
    this.environment = { ...process.env, XDG_DATA_HOME: join(home, "data"), DISPLAY: "", WAYLAND_DISPLAY: "" };
  }

  /// Opens it with a file, and answers the page it leads to.
  async open(file) {
    const options = { env: this.environment, stdio: ["ignore", "pipe", "inherit"] };
    this.child = spawn(this.launcher, ["open", "--json", file], options);
    this.ended = new Promise((resolve) => this.child.once("exit", resolve));
    const said = [];
    const address = new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error("the wallet did not open")), OPEN_S * 1000);
      this.child.stdout.on("data", (chunk) => {
        said.push(chunk);
        const found = /"address": "([^"]+)"/.exec(Buffer.concat(said).toString("utf8"));
        if (found === null) return;
        clearTimeout(late);
        resolve(found[1]);
      });
    });
    const led = await address;
    this.origin = new URL(led).origin;
    return led;
  }

  /// Hands it another file, and answers the page it leads to.
  async led(file) {
    const { stdout } = await run(this.launcher, ["open", "--json", file], { env: this.environment });
    return JSON.parse(stdout).address;
  }

  async stop() {
    this.child.kill("SIGINT");
    return this.ended;
  }
}
