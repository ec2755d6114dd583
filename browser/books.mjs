// What the two banks do about money that was taken, page by page: cleared, settled, credited less a
// fee, written into two ledgers, and compared.

const RUNS = 2;

/// Clears what waits, and looks at the books of both banks.
export async function settles(person) {
  await person.visit("acquirer");
  await person.look("acquirer captures");
  await clears(person);
  await person.look("acquirer cleared");
  await reads(person, "acquirer", ["/clearing-files", "/merchants", "/ledger", "/breaks"]);
  await person.press("button[name=ask]");
  await person.page.waitForURL((url) => url.searchParams.has("ask"));
  await person.look("acquirer breaks of today");
  await person.visit("acquirer", "/clearing-files");
  await opens(person, "/clearing-files/");
  await person.look("acquirer clearing file");
  await reads(person, "issuer", ["/", "/holds", "/clearing-files", "/ledger"]);
  await person.visit("issuer");
  await opens(person, "/accounts/");
  await person.look("issuer account");
}

/// What is given back is cleared after what was taken, in the next run.
async function clears(person) {
  const form = person.page.locator('main form[action$="/clearing"]');
  for (let run = 0; run < RUNS && (await form.count()) > 0; run += 1) {
    await Promise.all([person.page.waitForEvent("load"), person.submit("/clearing")]);
  }
  person.expects((await form.count()) === 0, "nothing waits to be cleared");
}

async function reads(person, site, paths) {
  for (const path of paths) {
    await person.visit(site, path);
    await person.page.locator("main table").first().waitFor();
    await person.look(`${site} ${path.slice(1) || "accounts"}`);
  }
}

async function opens(person, path) {
  await person.follows(`main a[href^="${path}"]`, (url) => url.pathname.startsWith(path));
}
