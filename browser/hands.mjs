// How a person presses and writes: with a pointer, or with a keyboard alone.

// More steps than any page has stops; whoever needs more cannot reach what is wanted.
const STOPS_MAX = 120;

export class Pointer {
  press(target) {
    return target.click();
  }

  write(target, text) {
    return target.fill(text);
  }

  tick(target) {
    return target.check();
  }
}

export class Keyboard {
  constructor(page) {
    this.keys = page.keyboard;
  }

  async press(target) {
    await this.reach(target);
    await this.keys.press("Enter");
  }

  async write(target, text) {
    await this.reach(target);
    await this.keys.press("ControlOrMeta+a");
    await this.keys.type(text);
  }

  async tick(target) {
    await this.reach(target);
    await this.keys.press("Space");
  }

  /// Goes from stop to stop, round the page if need be.
  async reach(target) {
    await target.waitFor();
    for (let stops = 0; stops < STOPS_MAX; stops += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await this.keys.press("Tab");
    }
    throw new Error(`the keyboard does not reach ${target}`);
  }
}
