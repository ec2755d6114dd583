// What a shop does about money after it was authorized, page by page: some of it is released before
// it is taken, all of it, or some is given back after.

/// Gives ten back of an order whose money was taken.
export async function givesBack(person) {
  await opens(person);
  await begins(person, "refund");
  await person.look("refund");
  await person.write("#amount", "10.00");
  await ends(person, "refund");
  await person.page.locator("main ol.timeline").nth(1).waitFor();
  await person.look("merchant order refunded");
}

/// Keeps twenty of what is held for another order and takes them; releases all of a third.
export async function releases(person, scripts) {
  await buys(person, scripts);
  await opens(person);
  await begins(person, "void");
  await person.look("release");
  await person.write("[name=keep]", "20.00");
  await ends(person, "void");
  await person.look("merchant order lowered");
  await begins(person, "capture");
  await ends(person, "capture");
  await person.page.locator('main a[href$="/refund"]').waitFor();

  await buys(person, scripts);
  await opens(person);
  await begins(person, "void");
  await ends(person, "void");
  await person.page.locator('main a[href$="/void"]').waitFor({ state: "detached" });
  await person.look("merchant order released");
  await person.readsGateway();
  await person.look("gateway transaction released");
  await person.visit("wallet", "/history");
  await person.look("history released");
}

/// Compares the batch that the money is in with what the gateway has of it, on both sides.
export async function compares(person) {
  await person.visit("merchant", "/batches");
  await person.look("merchant batches");
  await person.follows('main a[href^="/batches/"]', (url) => url.pathname.startsWith("/batches/"));
  await person.look("merchant batch");
  await person.press("button[value=reconcile]");
  await person.page.locator("main section.card").nth(1).waitFor();
  await person.look("merchant batch compared");
  await person.visit("gateway", "/batches");
  await person.page.locator("main tbody tr").first().waitFor();
  await person.look("gateway batches");
}

/// The buyer asks the shop how the payment stands that was given back of.
export async function asks(person) {
  await person.visit("wallet", "/history");
  await person.follows('main a[href^="/pay/"]', (url) => url.pathname.startsWith("/pay/"));
  await person.press("button[form=ask]");
  await person.page.locator(".note[role=status]").waitFor();
  await person.look("result asked again");
}

/// Agrees to what is paid in several payments, and looks at what was agreed.
export async function agrees(person, scripts) {
  for (const way of ["monthly", "instalments"]) {
    await person.orders(way);
    await person.goesToWallet(scripts);
    await person.look(`consent ${way}`);
    await person.consents();
    await opens(person);
    await person.look(`merchant order ${way}`);
  }
  await person.visit("wallet", "/history");
  await person.look("history of terms");
}

async function buys(person, scripts) {
  await person.orders();
  await person.goesToWallet(scripts);
  await person.consents();
}

/// The newest order of the shop.
async function opens(person) {
  await person.visit("merchant");
  await person.follows('main a[href*="/orders/"]', (url) => url.pathname.includes("/orders/"));
}

async function begins(person, deed) {
  await person.follows(`main a[href$="/${deed}"]`, (url) => url.pathname.endsWith(`/${deed}`));
}

async function ends(person, deed) {
  await person.submit(`/${deed}`);
  await person.page.waitForURL((url) => !url.pathname.endsWith(`/${deed}`));
}
