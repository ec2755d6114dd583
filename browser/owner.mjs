// What a merchant and a gateway do about their own certificates, page by page: renewed, taken back
// by their authority, applied for anew, approved there, and good for payments again.

import { says } from "./console.mjs";

const ANSWER = "Atelier Lumen";

/// Looks at the certificates of both sites, and renews the merchant's.
export async function renews(person) {
  await person.visit("gateway");
  await opens(person);
  await person.look("gateway certificates");
  await person.visit("merchant");
  await opens(person);
  await person.look("merchant certificates");
  const before = await serial(person);
  await person.submit("/certificates/renew");
  await person.page.locator("main tbody tr").nth(2).waitFor();
  await person.look("merchant certificates renewed");
  person.expects(before !== (await serial(person)), "another certificate is in use");
}

/// A site's certificate is taken back, nobody can pay, and it comes to others.
export async function losesAndApplies(person, site, scripts) {
  const authority = `ca-${site}`;
  await person.visit(site, "/certificates");
  await takesBack(person, authority, await serial(person));
  await person.failsToPay(scripts, "certificate_revoked");
  await person.visit(site, "/certificates");
  await person.page.locator("main .note.bad[role=alert]").waitFor();
  await person.look(`${site} taken back`);
  await person.submit("/certificates/apply");
  await applies(person, site);
  await approves(person, authority);
  await person.visit(site, "/certificates");
  await person.submit("/inquire");
  await person.page.waitForURL((url) => url.pathname === "/certificates");
  await person.page.locator('main form[action="/certificates/renew"]').waitFor();
  await person.look(`${site} certified again`);
  await person.orders();
  await person.goesToWallet(scripts);
  await person.consents();
}

async function opens(person) {
  await person.follows('main a[href="/certificates"]', (url) => url.pathname === "/certificates");
}

/// The number of the certificate in use that signs.
function serial(person) {
  return person.page.locator("main tbody code").first().textContent();
}

async function takesBack(person, authority, number) {
  await says(person, authority);
  await person.visit(authority, `/certificates?q=${number}`);
  await person.follows('main tbody a[href^="/certificates/"]', (url) => url.pathname.startsWith("/certificates/"));
  await person.enter();
  await person.form("/revoke");
  await person.look(`${authority} consequences`);
  await person.submit("/revoke");
  await person.page.locator("main .note.bad").waitFor();
}

/// Answers the form: not at all, and then rightly.
async function applies(person, site) {
  await person.page.locator("input[name=accept]").waitFor();
  await person.look(`${site} form`);
  person.witness.forgives();
  await person.enter();
  await person.page.locator("main .note.bad[role=alert]").waitFor();
  await person.page.locator("main .wrong").waitFor();
  await person.look(`${site} form with a complaint`);
  await person.write("main .field input", ANSWER);
  await person.hands.tick(person.page.locator("input[name=accept]"));
  await person.enter();
  await person.form("/inquire");
  await person.look(`${site} pended`);
}

async function approves(person, authority) {
  await person.visit(authority, "/requests");
  await person.follows('main a[href^="/requests/"]', (url) => /^\/requests\/[0-9a-f]+$/.test(url.pathname));
  await person.look(`${authority} request`);
  await person.submit("/approve");
  await person.page.locator("main .badge.good").first().waitFor();
}
