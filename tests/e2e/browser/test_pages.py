"""The pages themselves: their policy, their console, and a shop on another origin."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.browser.conftest import RENTAL, STORE, Shop, Visitor
from tests.e2e.service import WholeService

pytestmark = [pytest.mark.assistant, pytest.mark.browser]

STRICT = {
    "default-src": {"'none'"},
    "script-src": {"'self'"},
    "style-src": {"'self'"},
    "connect-src": {"'self'"},
    "img-src": {"'self'", "data:"},
    "base-uri": {"'none'"},
    "form-action": {"'self'"},
    "frame-ancestors": {"'none'"},
}


@pytest.mark.parametrize("path", ["/", "/demo/store", "/demo/rental", "/demo/store?as=ALLU-1001"])
def test_a_page_allows_nothing_but_its_own(running: WholeService, path: str) -> None:
    answer = httpx.get(f"{running.url}{path}", timeout=30)
    assert answer.status_code == httpx.codes.OK
    directives = [each.split() for each in answer.headers["Content-Security-Policy"].split(";")]
    assert {name: set(sources) for name, *sources in directives} == STRICT
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_policy_holds_in_the_browser(visitor: Visitor) -> None:
    """What a page's own markup could not run either; the console has to say so."""
    widget = visitor.visit(STORE.path)
    with widget.page.expect_console_message():
        widget.page.evaluate(
            """() => {
                const script = document.createElement('script');
                script.textContent = 'document.title = "broken in"';
                document.body.append(script);
            }"""
        )
    expect(widget.page).not_to_have_title("broken in")
    [complaint] = visitor.complaints
    assert "Content Security Policy" in complaint
    visitor.complaints.clear()


def test_every_page_has_a_clean_console_through_a_whole_visit(visitor: Visitor, shop: Shop) -> None:
    """The visitor's fixture fails when a page complains of anything, its policy included."""
    widget = visitor.visit("/")
    expect(widget.launcher).to_be_visible()
    widget = visitor.visit(shop.path)
    widget.open()
    widget.ask(shop.question, shop.fact)
    widget.panel.locator("button.choice:enabled").first.click()
    expect(widget.panel.locator(".message.bot")).to_have_count(3)
    widget.panel.get_by_role("button", name="チャットを閉じる").click()
    expect(widget.panel).to_be_hidden()
    assert visitor.complaints == []


def test_the_index_leads_to_both_shops(visitor: Visitor) -> None:
    widget = visitor.visit("/")
    for shop in (STORE, RENTAL):
        link = widget.page.get_by_role("main").get_by_role("link", name=shop.name.split()[0])
        expect(link).to_have_attribute("href", shop.path)


def test_a_shops_page_marks_itself_among_the_pages(visitor: Visitor, shop: Shop) -> None:
    current = visitor.visit(shop.path).page.locator(".demo-sites [aria-current='page']")
    expect(current).to_have_count(1)
    expect(current).to_have_attribute("href", shop.path.partition("?")[0])


def test_a_member_shows_as_one_on_the_page(visitor: Visitor) -> None:
    widget = visitor.visit("/demo/store")
    customer = widget.page.locator(".demo-customer")
    expect(customer.locator("summary")).to_contain_text("未ログイン")
    customer.locator("summary").click()
    customer.get_by_role("link", name="佐藤 花子").click()
    expect(customer.locator("summary")).to_contain_text("佐藤 花子")
    widget.open()
    widget.ask(STORE.question, STORE.fact)


@pytest.fixture
def other_origin(running: WholeService) -> Iterator[str]:
    """A shop's page on an origin of its own, with the widget's script tag."""
    page = f"""<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>別のお店</title>
        <link rel="icon" href="data:,"></head><body><h1>別のお店</h1>
        <script src="{running.url}/widget.js" data-site="rental" defer></script>
        </body></html>""".encode()

    class Shopfront(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Shopfront) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()
        serving.join()


def test_a_page_of_another_origin_can_use_the_widget(visitor: Visitor, other_origin: str) -> None:
    widget = visitor.visit(other_origin)
    widget.open()
    expect(widget.choices).to_have_count(6)
    widget.ask(RENTAL.question, RENTAL.fact)
    widget.page.reload()
    expect(widget.answers(RENTAL.fact)).to_have_count(1)
    widget.ask(RENTAL.question, RENTAL.fact)
