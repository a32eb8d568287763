"""What the story's people do, each step as the guided tour on ``/demo/`` describes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.story.window import amount

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.story.window import Window

PASSWORD = "Lifecycle-2026"
BUNDLE = "clm-slot[name=product-bundle]"
# Browsing reaches the profile through a worker, and the machine may be busy.
PATIENCE = 6


def browse_three_products(window: Window) -> list[str]:
    """Opens three products that can be bought, and returns the paths of all that are listed."""
    page = window.page
    window.visit("/")
    window.picture("home", full=False)
    window.visit("/catalogue/")
    links = page.locator(".products a.card-link")
    paths: list[str] = links.evaluate_all("all => all.map(a => a.getAttribute('href'))")
    for path in paths[:3]:
        window.visit(path)
        expect(page.locator("h1")).to_be_visible()
    window.picture("product")
    return paths


def leave_and_stay(window: Window, paths: list[str]) -> None:
    """Heads for the exit until the popup comes, and sends it away with Escape."""
    page = window.page
    popup = page.locator("dialog[open]")
    for path in (paths * PATIENCE)[:PATIENCE]:
        _head_for_the_exit(window)
        if popup.count():
            break
        window.visit(path)
    expect(popup).to_be_visible()
    window.picture("popup", full=False)
    assert popup.get_by_role("heading").is_visible()
    page.keyboard.press("Escape")
    expect(popup).to_have_count(0)
    window.visit(paths[3])
    _head_for_the_exit(window)
    expect(popup).to_have_count(0)  # once is enough


def _head_for_the_exit(window: Window) -> None:
    window.page.wait_for_timeout(1_200)  # the watch for it lets a page settle first
    _scroll_up_fast(window) if window.device == "phone" else _point_at_the_tabs(window)
    window.page.wait_for_timeout(1_500)


def _point_at_the_tabs(window: Window) -> None:
    mouse = window.page.mouse
    mouse.move(500, 400)
    mouse.move(500, 40, steps=6)
    mouse.move(500, 1, steps=2)
    # The tabs are outside of what is driven here, so the last bit of the way is told.
    window.page.evaluate(
        "document.documentElement.dispatchEvent(new MouseEvent("
        "'mouseout', { bubbles: true, clientX: 500, clientY: -2, relatedTarget: null }))"
    )


def _scroll_up_fast(window: Window) -> None:
    window.page.evaluate("scrollTo(0, 1400)")
    window.page.wait_for_timeout(400)
    window.page.evaluate("""async () => {
      for (let y = scrollY; y > 0; y -= 120) {
        scrollTo(0, y);
        await new Promise(requestAnimationFrame);
      }
    }""")


def register(window: Window, email: str) -> None:
    """Makes an account, so that the shop knows where to write."""
    window.visit("/accounts/login/")
    form = window.page.locator("#register_form")
    form.locator("[name=registration-email]").fill(email)
    form.locator("[name=registration-password1]").fill(PASSWORD)
    form.locator("[name=registration-password2]").fill(PASSWORD)
    form.get_by_role("button", name="Create an account").click()
    expect(window.page.get_by_role("link", name="Account")).to_be_visible()
    window.picture("registered", full=False)


def sign_in(window: Window, email: str) -> None:
    window.visit("/accounts/login/")
    form = window.page.locator("#login_form")
    form.locator("[name=login-username]").fill(email)
    form.locator("[name=login-password]").fill(PASSWORD)
    form.get_by_role("button", name="Sign in").click()
    expect(window.page.get_by_role("link", name="Account")).to_be_visible()


def add_a_bundle(window: Window, paths: list[str]) -> int:
    """Adds the first bundle found on a product's page with one click; returns its total."""
    page = window.page
    for path in paths[:8]:
        window.visit(path)
        expect(page.locator(BUNDLE)).to_have_attribute("state", re.compile("full|empty"))
        if page.locator(f"{BUNDLE}[state=full]").count():
            break
    form = page.locator(f"{BUNDLE} form")
    form.scroll_into_view_if_needed()
    # It is "seen" after a second in view, which is what the marketer's numbers count.
    page.wait_for_timeout(1_300)
    window.picture("bundle")
    total = amount(form.locator("[data-clm-total]").inner_text())
    form.get_by_role("button", name=re.compile(r"Add all \d to basket")).click()
    expect(form.get_by_role("status")).to_contain_text("Go to basket")
    expect(page.locator(".basket-link .count")).to_have_text(re.compile(r"^\d"))
    window.picture("bundle-added", full=False)
    return total


def let_an_hour_pass(window: Window) -> None:
    window.visit("/demo/")
    window.picture("tour")
    window.page.get_by_role("button", name="+1 hour").click()
    expect(window.page.locator("[data-clock-progress]")).to_be_hidden(timeout=60_000)
    window.picture("clock", full=False)


def find_the_way_back(window: Window, email: str) -> str:
    """Finds the mail about the basket and returns where its button leads."""
    page = window.page
    window.visit(f"/demo/mail/?to={email}")
    mail = page.locator(".mails a", has_text="You left something in your basket")
    window.reload_until(lambda: mail.count() > 0, why=f"no mail about the basket of {email}")
    assert mail.count() == 1
    assert email in mail.inner_text()
    window.picture("mail-box", full=False)
    mail.click()
    frame = page.frame_locator("iframe.mail-frame")
    back = frame.get_by_role("link", name="Back to my basket")
    expect(back).to_be_visible()
    window.picture("mail")
    return back.get_attribute("href") or ""


def restore_the_basket(window: Window, address: str) -> None:
    page = window.page
    window.visit(address)
    expect(page.get_by_role("heading", name="Pick up where you left off")).to_be_visible()
    assert page.locator("header .brand").is_visible(), "the page wears the shop's clothes"
    assert window.fits()
    window.picture("restore")
    page.get_by_role("button", name="Put these into my basket").click()
    page.wait_for_url("**/basket/")
    window.picture("restored")


def check_out(window: Window) -> tuple[str, int]:
    """From the basket to the thank-you page; returns the order's number and its total."""
    page = window.page
    window.visit("/basket/")
    window.picture("basket")
    window.visit("/checkout/")
    address = {
        "first_name": "Ada",
        "last_name": "Byron",
        "line1": "12 St James’s Square",
        "line4": "London",
        "postcode": "SW1Y 4JH",
    }
    for name, value in address.items():
        page.locator(f"main [name={name}]").fill(value)
    window.picture("address")
    page.get_by_role("button", name="Continue to delivery").click()
    window.picture("delivery")
    page.get_by_role("button", name="Continue to payment").click()
    page.get_by_label("Name on card").fill("Ada Byron")
    page.get_by_label("Card number").fill("4242 4242 4242 4242")
    page.get_by_label("Expiry date").fill("12 / 30")
    page.get_by_label("Security code").fill("123")
    window.picture("payment")
    page.get_by_role("button", name="Review your order").click()
    total = amount(page.locator(".totals .total").inner_text())
    window.picture("review")
    page.get_by_role("button", name="Place order and pay").click()
    page.wait_for_url("**/checkout/thank-you/")
    number = page.locator("main .lead strong").inner_text()
    assert window.fits()
    window.picture("thank-you")
    return number, total


def enter_the_console(window: Window) -> None:
    window.visit("/admin/login/")
    window.page.locator("[name=username]").fill("admin@example.com")
    window.page.locator("[name=password]").fill("lifecycle")
    window.page.get_by_role("button", name="Sign in").click()
    window.page.wait_for_url("**/admin/")
    window.picture("console-home")


def refund_one_item(window: Window, number: str) -> int:
    """Gives the money for the order's first item back, in Oscar's dashboard."""
    page = window.page
    window.visit(f"/dashboard/orders/{number}/")
    panel = page.locator("#refund")
    before = amount(panel.locator("strong").inner_text())
    panel.get_by_role("spinbutton", name=re.compile("^(?!Amount)")).first.fill("1")
    window.picture("order")
    panel.get_by_role("button", name="Refund these items").click()
    expect(panel.get_by_text("It is split like this")).to_be_visible()
    panel.get_by_role("button", name="Refund it").click()
    expect(page.locator(".alert-success").first).to_be_visible()
    window.picture("refunded")
    return before - amount(page.locator("#refund strong").inner_text())


def look_up(window: Window, email: str) -> None:
    """Finds a customer in the console and opens what is known of her."""
    page = window.page
    window.visit("/demo/")
    page.get_by_role("link", name="To the customers").click()
    window.visit(f"{page.url}?q={email}")
    window.picture("found")
    row = page.locator("main tr", has_text=email)
    expect(row).to_have_count(1)
    row.get_by_role("link").first.click()
    expect(page.locator(".clm-who__name")).to_have_text(email)


def section(window: Window, title: str) -> Locator:
    """A part of the customer's page by its heading."""
    heading = window.page.get_by_role("heading", name=title)
    return window.page.locator("section.clm-card").filter(has=heading)


def see_the_campaign(window: Window, name: str) -> None:
    """From the board to a campaign's own numbers, with an order credited to it."""
    page = window.page
    window.visit("/admin/")
    page.get_by_role("link", name="Lifecycle board").first.click()
    campaign = page.locator("main").get_by_role("link", name=name).first
    expect(campaign).to_be_visible()
    window.picture("board")
    campaign.click()
    tile = page.locator(".clm-tile", has_text="Orders credited")
    expect(tile.locator("dd").first).to_have_text(re.compile(r"^[1-9]"))
    window.picture("campaign")
