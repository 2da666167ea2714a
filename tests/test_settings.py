"""Settings are refused in words that say what to write instead."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pydantic import SecretStr

from madoguchi.settings import (
    DEMO_IDENTITY_SECRET,
    PROJECT,
    Settings,
    SettingsError,
    child_environment,
    fresh_secret,
    load_settings,
)

OWN_SECRET = "a-secret-of-the-shops-own-with-enough-characters"


def set_all(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"MADOGUCHI_{name.upper()}", value)


def refusal(monkeypatch: pytest.MonkeyPatch, **values: str) -> str:
    set_all(monkeypatch, **values)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    return str(refused.value)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("env", "staging", "'demo', 'test' or 'production'"),
        ("port", "0", "greater than or equal to 1"),
        ("port", "65536", "less than or equal to 65535"),
        ("port", "http", "valid integer"),
        ("log_level", "LOUD", "'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
        ("now", "gestern", "valid datetime"),
        ("rate_limit_per_minute", "-1", "greater than or equal to 0"),
        ("conversation_limit_per_minute", "-1", "greater than or equal to 0"),
        ("max_text_length", "0", "greater than or equal to 1"),
        ("max_text_length", "20001", "less than or equal to 20000"),
        ("max_body_bytes", "1023", "greater than or equal to 1024"),
        ("reply_wait_seconds", "0", "greater than 0"),
        ("reply_wait_seconds", "61", "less than or equal to 60"),
        ("engine_timeout_seconds", "0", "greater than 0"),
        ("engine_url", "the engine", "valid URL"),
        ("engine_port", "-1", "greater than or equal to 0"),
        ("actions_port", "70000", "less than or equal to 65535"),
    ],
)
def test_a_wrong_value_is_refused_with_its_name_and_the_reason(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str
) -> None:
    words = refusal(monkeypatch, **{name: value})
    assert words.startswith(f"MADOGUCHI_{name.upper()}: ")
    assert reason in words


def test_every_wrong_value_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = refusal(monkeypatch, port="x", log_level="y").splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "MADOGUCHI_PORT",
        "MADOGUCHI_LOG_LEVEL",
    ]


@pytest.mark.parametrize("env", ["demo", "production"])
def test_a_fixed_clock_is_refused_outside_tests(monkeypatch: pytest.MonkeyPatch, env: str) -> None:
    words = refusal(monkeypatch, env=env, now="2026-12-01T09:00:00+09:00")
    assert "MADOGUCHI_NOW" in words
    assert "MADOGUCHI_ENV=test" in words


def test_a_fixed_clock_without_a_time_zone_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    words = refusal(monkeypatch, env="test", now="2026-12-01T09:00:00")
    assert "MADOGUCHI_NOW needs a time zone" in words


def test_a_test_may_fix_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, env="test", now="2026-12-01T09:00:00+09:00")
    now = load_settings().now
    assert now is not None
    assert now.isoformat() == "2026-12-01T09:00:00+09:00"


@pytest.mark.parametrize("secret", [DEMO_IDENTITY_SECRET, "x" * 31, ""])
def test_production_refuses_a_secret_that_others_know_or_guess(
    monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    words = refusal(
        monkeypatch, env="production", identity_secret=secret, allowed_origins="https://shop.jp"
    )
    assert words.startswith("MADOGUCHI_IDENTITY_SECRET must be a secret of your own")
    assert "openssl rand -hex 32" in words
    assert not secret or secret not in words


def test_production_refuses_to_start_without_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    words = refusal(monkeypatch, env="production", allowed_origins="https://shop.jp")
    assert "MADOGUCHI_IDENTITY_SECRET" in words


@pytest.mark.parametrize("origins", [None, "*", " *", "https://shop.jp, *", "", " , "])
def test_production_refuses_to_serve_every_site(
    monkeypatch: pytest.MonkeyPatch, origins: str | None
) -> None:
    if origins is not None:
        set_all(monkeypatch, allowed_origins=origins)
    words = refusal(monkeypatch, env="production", identity_secret=OWN_SECRET)
    assert words.startswith("MADOGUCHI_ALLOWED_ORIGINS must list your shop's addresses")


def test_production_starts_with_a_secret_and_origins_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_all(
        monkeypatch,
        env="production",
        identity_secret=OWN_SECRET,
        allowed_origins="https://shop.jp, https://www.shop.jp",
    )
    used = load_settings()
    assert used.origins == ["https://shop.jp", "https://www.shop.jp"]
    assert not used.demo


def test_nothing_needs_to_be_set_for_a_demonstration() -> None:
    used = load_settings()
    assert used.env == "demo"
    assert used.demo
    assert used.origins == ["*"]


def test_secrets_stay_out_of_what_is_printed() -> None:
    used = Settings(identity_secret=SecretStr(OWN_SECRET), engine_secret=SecretStr(OWN_SECRET))
    assert OWN_SECRET not in repr(used)


def test_fresh_secrets_differ_and_are_long() -> None:
    made = {fresh_secret() for _ in range(100)}
    assert len(made) == 100
    assert min(map(len, made)) >= 32


def test_a_child_process_gets_the_settings_it_is_started_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_all(monkeypatch, port="1000", host="::1")
    environment = child_environment(port="2000")
    assert environment["MADOGUCHI_PORT"] == "2000"
    assert environment["MADOGUCHI_HOST"] == "::1"


def test_the_command_line_says_why_it_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, env="production", port="x")
    done = subprocess.run(
        [sys.executable, "-m", "madoguchi", "service"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("Madoguchi cannot start:\nMADOGUCHI_PORT: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"line_channel_secret": "s"}, "MADOGUCHI_LINE_ACCESS_TOKEN"),
        ({"line_access_token": "t"}, "MADOGUCHI_LINE_CHANNEL_SECRET"),
        ({"webhook_secret": "whsec_x"}, "MADOGUCHI_WEBHOOK_URL"),
        ({"messenger_page_token": "t"}, "MADOGUCHI_MESSENGER_APP_SECRET"),
        ({"messenger_instagram_token": "t"}, "MADOGUCHI_MESSENGER_VERIFY_TOKEN"),
        (
            {"messenger_app_secret": "s", "messenger_verify_token": "v"},
            "MADOGUCHI_MESSENGER_PAGE_TOKEN or MADOGUCHI_MESSENGER_INSTAGRAM_TOKEN",
        ),
    ],
)
def test_a_channel_that_is_set_up_in_part_is_refused_with_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], missing: str
) -> None:
    assert missing in refusal(monkeypatch, **given)


def test_instagram_needs_no_page_on_messenger(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(
        monkeypatch,
        messenger_app_secret="s",
        messenger_verify_token="v",
        messenger_instagram_token="t",
    )
    assert load_settings().messenger_instagram_token.get_secret_value() == "t"


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_a_setting_of_nothing_is_not_set(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    set_all(monkeypatch, **{name: ""})
    assert load_settings() == Settings.model_construct()


@pytest.mark.parametrize(
    "name", ["systems_url", "line_api_url", "line_data_url", "messenger_api_url"]
)
def test_tokens_and_customers_data_are_not_sent_over_an_open_line(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    words = refusal(monkeypatch, **{name: "http://api.shop.example.jp/madoguchi"})
    assert words.startswith(f"MADOGUCHI_{name.upper()} needs https")


@pytest.mark.parametrize(
    "url", ["https://api.shop.example.jp", "http://127.0.0.1:9", "http://[::1]", "http://localhost"]
)
def test_the_shop_s_api_may_be_on_this_machine_or_behind_tls(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    set_all(monkeypatch, systems_url=url)
    assert str(load_settings().systems_url).startswith(url)


@pytest.mark.parametrize(
    "origin",
    [
        "shop.example.jp",
        "https://shop.example.jp/",
        "https://shop.example.jp/shop",
        "お店",
        "ftp://x",
    ],
)
def test_an_origin_that_no_browser_sends_is_refused(
    monkeypatch: pytest.MonkeyPatch, origin: str
) -> None:
    words = refusal(monkeypatch, allowed_origins=f"https://www.shop.example.jp,{origin}")
    assert words.startswith("MADOGUCHI_ALLOWED_ORIGINS must be origins")
    assert f"'{origin}'" in words


@pytest.mark.parametrize("proxy", ["nonsense", "10.0.0.1/8", "web.shop.example.jp"])
def test_a_proxy_that_is_no_address_is_refused(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    words = refusal(monkeypatch, trusted_proxies=f"127.0.0.1, {proxy}")
    assert words.startswith("MADOGUCHI_TRUSTED_PROXIES must be IP addresses")
    assert f"'{proxy}'" in words


@pytest.mark.parametrize("proxies", ["127.0.0.1,::1", "10.0.0.0/8, 192.168.1.2", "*"])
def test_addresses_and_networks_may_be_trusted(
    monkeypatch: pytest.MonkeyPatch, proxies: str
) -> None:
    set_all(monkeypatch, trusted_proxies=proxies)
    assert load_settings().trusted_proxies == proxies


@pytest.mark.parametrize("url", ["nonsense", "http://redis:6379", "redis.example.jp:6379"])
def test_what_is_no_redis_server_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    assert refusal(monkeypatch, redis_url=url).startswith("MADOGUCHI_REDIS_URL must be a Redis")


def test_an_account_s_number_is_of_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    words = refusal(monkeypatch, messenger_page_id="my-page")
    assert words.startswith("MADOGUCHI_MESSENGER_PAGE_ID: ")


def test_a_demonstration_that_is_pointed_at_a_stand_in_takes_the_sandbox_s_secrets() -> None:
    assert Settings(line_api_url="http://127.0.0.1:8090").line is not None
    assert Settings().line is None


def test_production_refuses_the_sandbox_s_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    words = refusal(
        monkeypatch,
        env="production",
        identity_secret=OWN_SECRET,
        allowed_origins="https://shop.example.jp",
        line_channel_secret="madoguchi-demo-line-channel-secret",
        line_access_token="token",
    )
    assert "MADOGUCHI_LINE_CHANNEL_SECRET" in words


def test_production_takes_no_secret_from_a_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(
        monkeypatch,
        env="production",
        identity_secret=OWN_SECRET,
        allowed_origins="https://shop.example.jp",
        line_api_url="http://127.0.0.1:8090",
    )
    assert load_settings().line is None
